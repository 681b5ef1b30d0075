// Announces visible changes to screen readers.
import { create } from 'zustand';

export const useAnnouncement = create<{ text: string; say: (text: string) => void }>((set) => ({
  text: '',
  say: (text) => set({ text }),
}));

export const announce = (text: string) => useAnnouncement.getState().say(text);
