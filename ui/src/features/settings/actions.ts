import { ClipboardCopy, Info, Keyboard, Settings } from 'lucide-react';
import type { Action } from '@/actions/types';
import { call } from '@/api/rpc';
import { useDialogs } from '@/state/dialogs';
import { useNotices } from '@/state/notices';
import { t } from '@/text';

/** Copies the diagnostics; where the clipboard is closed to the page, shows them to be copied. */
export async function copyDiagnostics() {
  const { text } = await call('diagnostics');
  try {
    await navigator.clipboard.writeText(text);
    useNotices.getState().add('information', t('settings.diagnostics.copied'));
  } catch {
    useDialogs.getState().showText(text);
  }
}

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
