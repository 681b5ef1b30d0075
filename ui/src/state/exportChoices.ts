// What the export dialog had last: it opens as it was left. Remembered between starts, apart
// from values for parameters.
import { create } from 'zustand';
import type { ConflictPolicy } from '@/api/bindings';

/** The template where a person gives none. */
export const DEFAULT_TEMPLATE = '{generator}/{path}/{stem}{variation}.{ext}';

export type AssetChoice = 'selection' | 'filtered' | 'all';

export interface ExportChoices {
  destination: string;
  template: string;
  onConflict: ConflictPolicy;
}

export const initialChoices: ExportChoices = {
  destination: '',
  template: DEFAULT_TEMPLATE,
  onConflict: 'if-changed',
};

interface ExportChoicesStore extends ExportChoices {
  /** Names in the form of `nameOf`; null: those of the active preset file. */
  generators: string[] | null;
  parameters: Record<string, string>;
  csv: string | null;
  set: (change: Partial<Omit<ExportChoicesStore, 'set'>>) => void;
}

export const useExportChoices = create<ExportChoicesStore>((set) => ({
  ...initialChoices,
  generators: null,
  parameters: {},
  csv: null,
  set: (change) => set(change),
}));
