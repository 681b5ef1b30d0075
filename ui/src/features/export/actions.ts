import { Upload } from 'lucide-react';
import type { Action } from '@/actions/types';
import type { StartUp } from '@/api/bindings';
import { startUpQuery } from '@/api/queries';
import { readExportObstacle } from '@/assets/exporting';
import { useDialogs } from '@/state/dialogs';

export const actions: Action[] = [
  {
    id: 'file.export',
    icon: Upload,
    keys: ['Mod+E'],
    menu: 'file',
    group: 3,
    whileTyping: true,
    once: true,
    enabled: ({ client }) =>
      client.getQueryData<StartUp>(startUpQuery.queryKey)?.workspace != null &&
      readExportObstacle(client) === null,
    perform: () => useDialogs.getState().showExport(),
  },
];
