// What the window shows; restored at the next start (see session.ts).
import { create } from 'zustand';

export type ViewName = 'grid' | 'matrix' | 'compare' | 'sheet';
export type CompareMode = 'split' | 'side' | 'flip' | 'difference' | 'many';
export type Backdrop = 'checker' | 'dark' | 'light';
export type StateFilter = 'missing' | 'stale' | 'failed';
export type OrientationFilter = 'landscape' | 'portrait' | 'square';
export type Sort = 'path' | 'name' | 'changed' | 'size';

/** A generator, and which of its variants is shown. */
export interface ActiveGenerator {
  file: string;
  generator: string;
  variation: string | null;
  format: string | null;
}

export interface View {
  current: ViewName;
  sidebar: boolean;
  inspector: boolean;
  activity: boolean;
  editor: 'form' | 'text' | 'image';
  thumbnail: number;
  search: string;
  /** The folder whose assets are listed, subfolders included; empty: all. */
  folder: string;
  mark: string | null;
  formats: string[];
  orientation: OrientationFilter | null;
  state: StateFilter | null;
  /** The fewest stars; null: any. */
  rating: number | null;
  sort: Sort;
  compare: CompareMode;
  backdrop: Backdrop;
  pixelExact: boolean;
  active: ActiveGenerator | null;
  /** The generators compared with the active one, in the mode 'many'. */
  beside: ActiveGenerator[];
}

export const initialView: View = {
  current: 'grid',
  sidebar: true,
  inspector: true,
  activity: false,
  editor: 'form',
  thumbnail: 160,
  search: '',
  folder: '',
  mark: null,
  formats: [],
  orientation: null,
  state: null,
  rating: null,
  sort: 'path',
  compare: 'split',
  backdrop: 'checker',
  pixelExact: true,
  active: null,
  beside: [],
};

interface ViewStore extends View {
  set: (change: Partial<View>) => void;
}

export const useView = create<ViewStore>((set) => ({
  ...initialView,
  set: (change) => set(change),
}));

/** A key for a generator, unique among all preset files. */
export const generatorKey = ({ file, generator }: Pick<ActiveGenerator, 'file' | 'generator'>) =>
  `${file}\n${generator}`;

/** Whether both are the same generator of the same preset file; the variant does not matter. */
export const sameGenerator = (a: ActiveGenerator | null, b: ActiveGenerator | null) =>
  a?.file === b?.file && a?.generator === b?.generator;
