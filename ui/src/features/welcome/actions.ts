import { FolderClock, FolderOpen, Images, X } from 'lucide-react';
import type { Action, ActionContext } from '@/actions/types';
import type { StartUp } from '@/api/bindings';
import { startUpQuery } from '@/api/queries';
import { t } from '@/text';
import { chooseAndOpen, closeWorkspace, openFolder, openSamples } from './open';

const startUp = ({ client }: ActionContext) => client.getQueryData<StartUp>(startUpQuery.queryKey);

/** The folders that were opened before, but for the open one. */
function recent(context: ActionContext) {
  const { recent = [], workspace } = startUp(context) ?? {};
  return recent.filter(({ path, exists }) => exists && path !== workspace?.path);
}

/** At most this many are in the menu. */
const RECENT = 8;

const openRecent = (index: number): Action => ({
  id: `file.recent${index + 1}`,
  icon: FolderClock,
  menu: 'file',
  group: 1,
  submenu: { name: 'recent', label: (context) => recent(context)[index]?.name ?? '' },
  label: (context) => t('actions.file.recent', { name: recent(context)[index]?.name ?? '' }),
  hidden: (context) => index >= recent(context).length,
  perform: async (context) => {
    const folder = recent(context)[index];
    if (folder) await openFolder(context.client, folder.grant);
  },
});

export const actions: Action[] = [
  {
    id: 'file.open',
    icon: FolderOpen,
    keys: ['Mod+O'],
    menu: 'file',
    group: 1,
    whileTyping: true,
    once: true,
    perform: ({ client }) => chooseAndOpen(client),
  },
  {
    id: 'file.samples',
    icon: Images,
    menu: 'file',
    group: 1,
    enabled: (context) => startUp(context)?.workspace?.samples !== true,
    perform: ({ client }) => openSamples(client),
  },
  {
    id: 'file.close',
    icon: X,
    keys: ['Mod+W'],
    menu: 'file',
    group: 9,
    once: true,
    enabled: (context) => startUp(context)?.workspace != null,
    perform: ({ client }) => closeWorkspace(client),
  },
  ...Array.from({ length: RECENT }, (_, index) => openRecent(index)),
];
