// The actions that were chosen last, for the palette. Remembered between starts.
import { create } from 'zustand';

/** So many stand first in the palette. */
export const MOST_RECENT = 6;

interface Recent {
  actions: string[];
  add: (id: string) => void;
}

export const useRecent = create<Recent>((set) => ({
  actions: [],
  add: (id) =>
    set(({ actions }) => ({
      actions: [id, ...actions.filter((one) => one !== id)].slice(0, MOST_RECENT),
    })),
}));
