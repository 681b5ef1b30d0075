// The choices made in the export dialog, with which it opens the next time. Those of `ExportChoices`
// are also restored at the next start.
import { create } from 'zustand';
import type { ConflictPolicy, ExportProfile, Grant } from '@/api/bindings';
import { generatorKey } from './view';

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
  /** Keys in the form of `generatorKey`; null: the active generator. */
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

/** Takes the choices of a profile, or those that a run was started with. */
export function takeProfile(profile: ExportProfile) {
  useExportChoices.getState().set({
    generators: profile.generators.map(generatorKey),
    // A profile without a folder leaves the one that is chosen.
    ...(profile.destination && { destination: profile.destination }),
    template: profile.template,
    onConflict: profile.on_conflict,
    parameters: profile.parameters as Record<string, string>,
    csv: null,
  });
}
