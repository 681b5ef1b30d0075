// Actions that change what the window shows.

import type { LucideIcon } from 'lucide-react';
import {
  Columns2,
  Command,
  GalleryVerticalEnd,
  Grid2x2,
  Moon,
  PanelBottom,
  PanelLeft,
  PanelRight,
  PanelsLeftRight,
  Search,
  Sun,
  SunMoon,
  Table2,
} from 'lucide-react';
import type { StartUp, ThemeSetting } from '@/api/bindings';
import { startUpQuery } from '@/api/queries';
import { useDialogs } from '@/state/dialogs';
import { changeSettings } from '@/state/settings';
import { useView, type ViewName } from '@/state/view';
import { t } from '@/text';
import type { Action, ActionContext } from './types';

/** The id of the search field. */
export const SEARCH = 'search-assets';

/** Whether a workspace is open. */
export const isOpen = ({ client }: ActionContext) =>
  client.getQueryData<StartUp>(startUpQuery.queryKey)?.workspace != null;

/** Shows or hides the sidebar and the inspector together. */
export function toggleSides() {
  const { sidebar, inspector, set } = useView.getState();
  const shown = !(sidebar || inspector);
  set({ sidebar: shown, inspector: shown });
}

const show = (name: ViewName, key: string, icon: LucideIcon): Action => ({
  id: `view.${name}`,
  icon,
  keys: [key],
  menu: 'view',
  group: 1,
  enabled: isOpen,
  perform: () => useView.getState().set({ current: name }),
});

const panel = (name: 'sidebar' | 'inspector' | 'activity', keys: string, icon: LucideIcon) => ({
  id: `view.${name}`,
  icon,
  keys: [keys],
  menu: 'view' as const,
  group: 2,
  whileTyping: true,
  once: true,
  enabled: isOpen,
  perform: () => {
    const view = useView.getState();
    view.set({ [name]: !view[name] });
  },
});

const theme = (setting: ThemeSetting, icon: LucideIcon): Action => ({
  id: `view.${setting}`,
  icon,
  menu: 'view',
  group: 7,
  submenu: { name: 'theme', label: () => t(`actions.view.themes.${setting}`) },
  checked: ({ client }) => client.getQueryData(startUpQuery.queryKey)?.settings.theme === setting,
  perform: ({ client }) => changeSettings(client, { theme: setting }),
});

export const view: Action[] = [
  show('grid', 'G', Grid2x2),
  show('matrix', 'M', Table2),
  show('compare', 'C', Columns2),
  show('sheet', 'S', GalleryVerticalEnd),
  {
    id: 'view.sides',
    icon: PanelsLeftRight,
    keys: ['Mod+\\'],
    menu: 'view',
    group: 2,
    whileTyping: true,
    once: true,
    enabled: isOpen,
    perform: toggleSides,
  },
  panel('sidebar', 'Mod+B', PanelLeft),
  panel('inspector', 'Mod+I', PanelRight),
  panel('activity', 'Mod+J', PanelBottom),
  {
    id: 'view.search',
    icon: Search,
    keys: ['Mod+F'],
    menu: 'view',
    group: 3,
    enabled: isOpen,
    perform: () => {
      const field = document.getElementById(SEARCH);
      if (field instanceof HTMLInputElement) {
        field.focus();
        field.select();
      }
    },
  },
  {
    id: 'view.palette',
    icon: Command,
    keys: ['Mod+K', 'Mod+Shift+P'],
    menu: 'view',
    group: 3,
    whileTyping: true,
    once: true,
    perform: () => useDialogs.getState().show('palette'),
  },
  theme('system', SunMoon),
  theme('light', Sun),
  theme('dark', Moon),
];
