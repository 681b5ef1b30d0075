// The actions used most recently, for the palette; restored at the next start.
import { create } from 'zustand';

/** At most this many are listed first. */
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
