// The place under the pointer on the compare view's panes, and the loupe there.
import { create } from 'zustand';

/** Device pixels for a pixel of the variant. */
export const FACTORS = [1, 2, 4] as const;
export type Factor = (typeof FACTORS)[number];

interface Pointer {
  /** The pane that it is on, and where on it, in CSS pixels. */
  pane: string | null;
  x: number;
  y: number;
  /** Whether the loupe stays, and whether it is there while its key is held. */
  isLoupeOn: boolean;
  isLoupeHeld: boolean;
  factor: Factor;
  set: (change: Partial<Omit<Pointer, 'set'>>) => void;
}

export const usePointer = create<Pointer>((set) => ({
  pane: null,
  x: 0,
  y: 0,
  isLoupeOn: false,
  isLoupeHeld: false,
  factor: 2,
  set,
}));

export const hasLoupe = ({ isLoupeOn, isLoupeHeld }: Pointer) => isLoupeOn || isLoupeHeld;

/** Shows the loupe until it is toggled again. */
export const toggleLoupe = () =>
  usePointer.setState(({ isLoupeOn }) => ({ isLoupeOn: !isLoupeOn }));

/** Makes the loupe's factor one step larger or smaller. */
export function stepFactor(by: 1 | -1) {
  const { factor, set } = usePointer.getState();
  const next = FACTORS[FACTORS.indexOf(factor) + by];
  if (next) set({ factor: next });
}
