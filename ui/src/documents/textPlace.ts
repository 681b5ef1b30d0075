// A place of a preset's text that somebody wants to see.
import { create } from 'zustand';
import { useView } from '@/state/view';

export interface TextPlace {
  file: string;
  line: number;
  column: number;
  length: number;
}

export const useTextPlace = create<{ place: TextPlace | null }>(() => ({ place: null }));

/** Shows a place in the text view. */
export function showPlace(place: TextPlace) {
  const { active, set } = useView.getState();
  const change = { editor: 'text', inspector: true } as const;
  set(active?.file === place.file ? change : { ...change, active: elsewhere(place.file) });
  useTextPlace.setState({ place });
}

const elsewhere = (file: string) => ({ file, generator: '', variation: null, format: null });
