// The position that the text view is to reveal.
import { create } from 'zustand';
import { useView } from '@/state/view';

export interface TextPosition {
  file: string;
  line: number;
  column: number;
  length: number;
}

export const useTextPosition = create<{ position: TextPosition | null }>(() => ({
  position: null,
}));

/** Reveals a position in the text view. */
export function showTextPosition(position: TextPosition) {
  const { active, set } = useView.getState();
  const change = { editor: 'text', inspector: true } as const;
  set(
    active?.file === position.file ? change : { ...change, active: noGeneratorOf(position.file) },
  );
  useTextPosition.setState({ position });
}

const noGeneratorOf = (file: string) => ({ file, generator: '', variation: null, format: null });
