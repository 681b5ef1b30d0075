// The choices made in the export dialog, with which it opens the next time. Those of `ExportChoices`
// are also restored at the next start.
import { create } from 'zustand';
import type { ConflictPolicy } from '@/api/bindings';

/** The file name pattern unless the user sets one. */
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
  /** Keys in the form of `generatorKey`; null: the generators of the active preset file. */
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
