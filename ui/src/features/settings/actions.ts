import { ClipboardCopy, Info, Keyboard, Settings } from 'lucide-react';
import { copyDiagnostics } from '@/actions/clipboard';
import type { Action } from '@/actions/types';
import { useDialogs } from '@/state/dialogs';

export const actions: Action[] = [
  {
    id: 'settings.open',
    icon: Settings,
    keys: ['Mod+,'],
    menu: 'edit',
    group: 9,
    whileTyping: true,
    perform: () => useDialogs.getState().show('settings'),
  },
  {
    id: 'help.shortcuts',
    icon: Keyboard,
    keys: ['F1', 'Mod+/'],
    menu: 'help',
    group: 1,
    whileTyping: true,
    perform: () => useDialogs.getState().show('shortcuts'),
  },
  {
    id: 'help.diagnostics',
    icon: ClipboardCopy,
    menu: 'help',
    group: 2,
    perform: copyDiagnostics,
  },
  {
    id: 'help.about',
    icon: Info,
    menu: 'help',
    group: 3,
    perform: () => useDialogs.getState().show('about'),
  },
];
