// Actions that change what the window shows.

import type { LucideIcon } from 'lucide-react';
import {
  AArrowDown,
  AArrowUp,
  ALargeSmall,
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

/** The interface scales to choose from, in percent. */
export const SCALES = [100, 110, 125, 150] as const;

const scaleOf = ({ client }: ActionContext) =>
  client.getQueryData(startUpQuery.queryKey)?.settings?.interface_scale ?? SCALES[0];

const scale = (percent: number): Action => ({
  id: `view.scale${percent}`,
  icon: ALargeSmall,
  ...(percent === SCALES[0] ? { keys: ['Mod+Alt+0'] } : {}),
  menu: 'view',
  group: 7,
  whileTyping: true,
  submenu: { name: 'scale', label: () => t('actions.view.percent', { percent }) },
  label: () => t('actions.view.scale', { percent }),
  checked: (context) => scaleOf(context) === percent,
  perform: ({ client }) => changeSettings(client, { interface_scale: percent }),
});

/** Takes the next larger (1) or smaller (-1) scale. */
const scaleBy = (
  id: 'larger' | 'smaller',
  by: 1 | -1,
  keys: string[],
  icon: LucideIcon,
): Action => {
  const next = (context: ActionContext) => {
    const now = scaleOf(context);
    return by > 0 ? SCALES.find((one) => one > now) : SCALES.findLast((one) => one < now);
  };
  return {
    id: `view.${id}`,
    icon,
    keys,
    menu: 'view',
    group: 7,
    whileTyping: true,
    submenu: { name: 'scale', label: () => t(`actions.view.scales.${id}`) },
    enabled: (context) => next(context) !== undefined,
    perform: async (context) => {
      const percent = next(context);
      if (percent) await changeSettings(context.client, { interface_scale: percent });
    },
  };
};

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
  scaleBy('larger', 1, ['Mod+Alt+Plus', 'Mod+Alt+='], AArrowUp),
  scaleBy('smaller', -1, ['Mod+Alt+-'], AArrowDown),
  ...SCALES.map(scale),
];
