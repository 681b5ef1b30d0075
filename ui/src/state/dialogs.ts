// Which dialog is open: one at a time.
import { create } from 'zustand';
import type { GeneratorChoice } from '@/api/bindings';

export type DialogName = 'palette' | 'shortcuts' | 'settings' | 'about' | 'diagnostics' | 'export';

/** What the export dialog starts with; left out: its former choices. */
export interface ExportSubject {
  assets?: 'selection' | 'filtered' | 'all';
  generators?: GeneratorChoice[];
}

interface Dialogs {
  open: DialogName | null;
  /** The text that the diagnostics dialog shows. */
  text: string;
  subject: ExportSubject;
  show: (name: DialogName) => void;
  showText: (text: string) => void;
  showExport: (subject?: ExportSubject) => void;
  close: () => void;
}

export const useDialogs = create<Dialogs>((set) => ({
  open: null,
  text: '',
  subject: {},
  show: (open) => set({ open }),
  showText: (text) => set({ open: 'diagnostics', text }),
  showExport: (subject = {}) => set({ open: 'export', subject }),
  close: () => set({ open: null }),
}));
