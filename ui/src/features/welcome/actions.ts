import { FolderOpen, Images, X } from 'lucide-react';
import type { Action, ActionContext } from '@/actions/types';
import type { StartUp } from '@/api/bindings';
import { startUpQuery } from '@/api/queries';
import { chooseAndOpen, closeWorkspace, openSamples } from './open';

const startUp = ({ client }: ActionContext) => client.getQueryData<StartUp>(startUpQuery.queryKey);

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
];
