// The choices made in the export dialog, with which it opens the next time. Those of `ExportChoices`
// are also restored at the next start.
import { create } from 'zustand';
import type { ConflictPolicy, Grant } from '@/api/bindings';

/** The file name pattern unless the user sets one. */
export const DEFAULT_TEMPLATE = '{generator}/{path}/{stem}{variation}.{ext}';

export type AssetChoice = 'selection' | 'filtered' | 'all';

export interface ExportChoices {
  template: string;
  onConflict: ConflictPolicy;
}

export const initialChoices: ExportChoices = {
  template: DEFAULT_TEMPLATE,
  onConflict: 'if-changed',
};

interface ExportChoicesStore extends ExportChoices {
  /** The folder to export to. The program knows it at the next start. */
  destination: Grant | null;
  /** Keys in the form of `generatorKey`; null: the generators of the active preset file. */
  generators: string[] | null;
  parameters: Record<string, string>;
  csv: Grant | null;
  set: (change: Partial<Omit<ExportChoicesStore, 'set'>>) => void;
}

export const useExportChoices = create<ExportChoicesStore>((set) => ({
  ...initialChoices,
  destination: null,
  generators: null,
  parameters: {},
  csv: null,
  set: (change) => set(change),
}));
