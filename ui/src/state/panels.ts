// The sizes of the panels, in CSS pixels. view.ts knows which of them are open.
import { create } from 'zustand';

export interface PanelSizes {
  sidebar: number;
  inspector: number;
  activity: number;
  /** The library's part of the sidebar, in percent. */
  library: number;
}

export const initialSizes: PanelSizes = {
  sidebar: 236,
  inspector: 328,
  activity: 240,
  library: 40,
};

export const usePanels = create<PanelSizes & { set: (change: Partial<PanelSizes>) => void }>(
  (set) => ({ ...initialSizes, set: (change) => set(change) }),
);
