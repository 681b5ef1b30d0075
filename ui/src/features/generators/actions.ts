// Actions on generators.
import {
  ArrowDown,
  ArrowUp,
  ChevronDown,
  ChevronUp,
  CopyPlus,
  FilePlus2,
  PenLine,
  Plus,
  RotateCcw,
  Trash2,
  Zap,
} from 'lucide-react';
import type { Action, ActionContext } from '@/actions/types';
import {
  addGenerator,
  deleteGenerator,
  duplicateGenerator,
  nudgeGenerator,
  presetOf,
  presetsOf,
  revertFile,
  setEager,
  startRenaming,
  stepGenerator,
  useNewPreset,
} from '@/documents/generators';
import { startingPoints } from '@/documents/startingPoints';
import { useView } from '@/state/view';

/** The active generator, if its file contains it. */
function subject({ client }: ActionContext) {
  const { active } = useView.getState();
  const preset = active && presetOf(client, active.file);
  const info = preset?.generators.find(({ name }) => name === active?.generator);
  return active && preset && info ? { ...active, preset, info } : null;
}

const isThere = (context: ActionContext) => subject(context) !== null;

const fileOf = ({ client }: ActionContext) =>
  useView.getState().active?.file ?? presetsOf(client)[0]?.file;

const adding: Action[] = startingPoints.map((point) => ({
  id: `generators.add.${point.name}`,
  icon: Plus,
  menu: 'generator',
  group: 1,
  enabled: (context) => fileOf(context) !== undefined,
  perform: async (context) => {
    const file = fileOf(context);
    if (file !== undefined) await addGenerator(context.client, file, point);
  },
}));

export const generatorActions: Action[] = [
  ...adding,
  {
    id: 'generators.duplicate',
    icon: CopyPlus,
    keys: ['Mod+D'],
    menu: 'generator',
    group: 2,
    once: true,
    enabled: isThere,
    perform: async (context) => {
      const of = subject(context);
      if (of) await duplicateGenerator(context.client, of.file, of.generator);
    },
  },
  {
    id: 'generators.rename',
    icon: PenLine,
    menu: 'generator',
    group: 2,
    enabled: isThere,
    perform: (context) => {
      const of = subject(context);
      if (!of) return;
      useView.getState().set({ sidebar: true });
      startRenaming(context.client, of.file, of.generator);
    },
  },
  {
    id: 'generators.eager',
    icon: Zap,
    menu: 'generator',
    group: 2,
    enabled: isThere,
    perform: async (context) => {
      const of = subject(context);
      if (of) await setEager(context.client, of.file, of.generator, !of.info.eager);
    },
  },
  {
    id: 'generators.delete',
    icon: Trash2,
    menu: 'generator',
    group: 2,
    enabled: isThere,
    perform: async (context) => {
      const of = subject(context);
      if (of) await deleteGenerator(context.client, of.file, of.generator);
    },
  },
  ...([-1, 1] as const).map(
    (by): Action => ({
      id: by < 0 ? 'generators.up' : 'generators.down',
      icon: by < 0 ? ArrowUp : ArrowDown,
      menu: 'generator',
      group: 3,
      enabled: isThere,
      perform: (context) => {
        const of = subject(context);
        if (of) nudgeGenerator(context.client, of.file, of.generator, by);
      },
    }),
  ),
  {
    id: 'generators.previous',
    icon: ChevronUp,
    keys: ['Mod+PageUp'],
    menu: 'generator',
    group: 4,
    whileTyping: true,
    perform: ({ client }) => stepGenerator(client, -1),
  },
  {
    id: 'generators.next',
    icon: ChevronDown,
    keys: ['Mod+PageDown'],
    menu: 'generator',
    group: 4,
    whileTyping: true,
    perform: ({ client }) => stepGenerator(client, 1),
  },
  {
    id: 'generators.newFile',
    icon: FilePlus2,
    menu: 'file',
    group: 2,
    perform: () => useNewPreset.setState({ open: true }),
  },
  {
    id: 'generators.revert',
    icon: RotateCcw,
    menu: 'file',
    group: 2,
    enabled: (context) => subject(context)?.preset.dirty === true,
    perform: async ({ client }) => {
      const { active } = useView.getState();
      if (active) await revertFile(client, active.file);
    },
  },
];
