// Which sections of the inspector's form are open.
import { create } from 'zustand';

const initiallyOpen: Record<string, boolean> = { chain: true, output: true, result: true };

export const useSections = create<{
  open: Record<string, boolean>;
  set: (name: string, open: boolean) => void;
}>((set) => ({
  open: initiallyOpen,
  set: (name, open) => set((former) => ({ open: { ...former.open, [name]: open } })),
}));
