// Undo, redo and save.
import {
  ClipboardCopy,
  ClipboardPaste,
  Copy,
  Download,
  Redo2,
  Save,
  SaveAll,
  Scissors,
  Undo2,
} from 'lucide-react';
import type { History, PresetFile, Undone } from '@/api/bindings';
import { historyQuery, presetsQuery } from '@/api/queries';
import { call, editText } from '@/api/rpc';
import { copyImage, currentVariant, saveVariant } from '@/assets/variantFiles';
import { copyFile, saveFile } from '@/documents/generators';
import { announce } from '@/state/announce';
import { flushAll } from '@/state/flush';
import { useSelection } from '@/state/selection';
import { useView } from '@/state/view';
import { t } from '@/text';
import { isTextSelected, isTyping } from './focus';
import type { Action, ActionContext } from './types';

const history = ({ client }: ActionContext): History =>
  client.getQueryData(historyQuery.queryKey) ?? { undo: null, redo: null };

const presets = ({ client }: ActionContext): PresetFile[] =>
  client.getQueryData(presetsQuery.queryKey) ?? [];

const activeFile = () => useView.getState().active?.file;

/** Shows the generator or asset that an undo or redo has changed. */
function show(context: ActionContext, { label, file, assets }: Undone, word: string) {
  if (label) announce(t(`actions.edit.${word}`, { label }));
  const generator = presets(context).find((preset) => preset.file === file)?.generators[0];
  if (file && file !== activeFile() && generator) {
    useView
      .getState()
      .set({ active: { file, generator: generator.name, variation: null, format: null } });
  }
  const [asset] = assets;
  const { ids, focus, set } = useSelection.getState();
  if (asset !== undefined && !assets.some((id) => id === focus || ids.has(id))) {
    set([asset], asset, asset);
  }
}

// The grid shows originals.
const isGrid = () => useView.getState().current === 'grid';

const isInText = () => isTyping(document.activeElement);

async function copyCurrent() {
  const current = currentVariant();
  if (current) await copyImage(current.asset, current.active);
}

export const edit: Action[] = [
  {
    id: 'edit.undo',
    icon: Undo2,
    keys: ['Mod+Z'],
    menu: 'edit',
    group: 1,
    label: (context) => {
      const { undo } = history(context);
      return undo ? t('actions.edit.undoThis', { label: undo }) : t('actions.edit.undo');
    },
    enabled: (context) => history(context).undo !== null,
    perform: async (context) => {
      await flushAll();
      show(context, await call('undo'), 'undone');
    },
  },
  {
    id: 'edit.redo',
    icon: Redo2,
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    menu: 'edit',
    group: 1,
    label: (context) => {
      const { redo } = history(context);
      return redo ? t('actions.edit.redoThis', { label: redo }) : t('actions.edit.redo');
    },
    enabled: (context) => history(context).redo !== null,
    perform: async (context) => {
      await flushAll();
      show(context, await call('redo'), 'redone');
    },
  },
  {
    id: 'edit.cut',
    icon: Scissors,
    keys: ['Mod+X'],
    menu: 'edit',
    group: 2,
    enabled: isInText,
    perform: () => editText('Cut'),
  },
  {
    id: 'edit.copy',
    icon: Copy,
    keys: ['Mod+C'],
    menu: 'edit',
    group: 2,
    enabled: () => isInText() || isTextSelected() || (!isGrid() && currentVariant() !== null),
    perform: () => (isInText() || isTextSelected() ? editText('Copy') : copyCurrent()),
  },
  {
    id: 'edit.paste',
    icon: ClipboardPaste,
    keys: ['Mod+V'],
    menu: 'edit',
    group: 2,
    enabled: isInText,
    perform: () => editText('Paste'),
  },
  {
    id: 'edit.copyImage',
    icon: ClipboardCopy,
    menu: 'edit',
    group: 4,
    enabled: () => currentVariant() !== null,
    perform: copyCurrent,
  },
  {
    id: 'file.saveVariant',
    icon: Download,
    keys: ['Mod+Shift+E'],
    menu: 'file',
    group: 3,
    once: true,
    enabled: () => currentVariant() !== null,
    perform: async () => {
      const current = currentVariant();
      if (current) await saveVariant(current.asset, current.active);
    },
  },
  {
    id: 'file.save',
    icon: Save,
    keys: ['Mod+S'],
    menu: 'file',
    group: 2,
    whileTyping: true,
    once: true,
    label: () => {
      const file = activeFile();
      return file ? t('actions.file.saveThis', { file }) : t('actions.file.save');
    },
    enabled: () => activeFile() !== undefined,
    perform: async (context) => {
      const file = activeFile();
      if (file) await saveFile(context.client, file);
    },
  },
  {
    id: 'file.saveCopy',
    icon: Copy,
    keys: ['Mod+Shift+S'],
    menu: 'file',
    group: 2,
    whileTyping: true,
    once: true,
    enabled: () => activeFile() !== undefined,
    perform: () => {
      const file = activeFile();
      if (file) return copyFile(file);
    },
  },
  {
    id: 'file.saveAll',
    icon: SaveAll,
    keys: ['Mod+Alt+S'],
    menu: 'file',
    group: 2,
    whileTyping: true,
    once: true,
    enabled: (context) => presets(context).some(({ dirty }) => dirty),
    perform: async (context) => {
      await flushAll();
      const unsaved = await context.client.fetchQuery({ ...presetsQuery, staleTime: 0 });
      for (const { file, dirty } of unsaved) if (dirty) await saveFile(context.client, file);
    },
  },
];
