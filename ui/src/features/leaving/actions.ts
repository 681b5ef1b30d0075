import { LogOut } from 'lucide-react';
import type { Action } from '@/actions/types';
import { leave } from '@/documents/leaving';

export const actions: Action[] = [
  {
    id: 'file.quit',
    icon: LogOut,
    keys: ['Mod+Q'],
    menu: 'file',
    group: 10,
    whileTyping: true,
    once: true,
    perform: ({ client }) => leave(client),
  },
];
