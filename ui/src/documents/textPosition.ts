// A place of a preset's text that somebody wants to see.
import { create } from 'zustand';
import { useView } from '@/state/view';

export interface TextPosition {
  file: string;
  line: number;
  column: number;
  length: number;
}

export const useTextPosition = create<{ place: TextPosition | null }>(() => ({ place: null }));

/** Shows a place in the text view. */
export function showTextPosition(place: TextPosition) {
  const { active, set } = useView.getState();
  const change = { editor: 'text', inspector: true } as const;
  set(active?.file === place.file ? change : { ...change, active: elsewhere(place.file) });
  useTextPosition.setState({ place });
}

const elsewhere = (file: string) => ({ file, generator: '', variation: null, format: null });
