// What is shown while a key is held: the original in place of the variant, and the loupe.
import { useCompare } from './useCompare';
import { useHeldKey } from './useHeldKey';
import { usePointer } from './usePointer';

const isPeek = (key: string) => key === '\\' || key === ' ';
const isLoupe = (key: string) => key === 'l' || key === 'L';

const peek = (held: boolean) => useCompare.getState().set({ peek: held });
const loupe = (held: boolean) => usePointer.getState().set({ isLoupeHeld: held });

export function useHolds() {
  useHeldKey(isPeek, peek);
  useHeldKey(isLoupe, loupe);
}
