// Actions of the compare view.
import { Crop, Crosshair, Maximize, ScanSearch, Search, ZoomIn, ZoomOut } from 'lucide-react';
import type { Action } from '@/actions/types';
import { type Backdrop, type CompareMode, useView } from '@/state/view';
import { t } from '@/text';
import { compareIn, shownTrials, toggleTrials } from './trialMode';
import { TRIALS, type TrialKind } from './trials';
import { type Tool, useCompare } from './useCompare';
import { toggleLoupe } from './usePointer';

const isOpen = () => useView.getState().current === 'compare';

const mode = (name: CompareMode): Action => ({
  id: `compare.${name}`,
  menu: 'view',
  group: 1,
  submenu: { name: 'compare', label: () => t(`actions.compare.modes.${name}`) },
  checked: () => isOpen() && useView.getState().compare === name && shownTrials() === null,
  perform: () => compareIn(name),
});

const trials = (name: TrialKind): Action => ({
  id: `compare.${name}`,
  menu: 'view',
  group: 1,
  submenu: { name: 'compare', label: () => t(`actions.compare.modes.${name}`) },
  checked: () => shownTrials() === name,
  enabled: () => useView.getState().active !== null,
  perform: () => toggleTrials(name),
});

const tool = (name: Tool, key: string, icon: Action['icon']): Action => ({
  id: `compare.${name}`,
  ...(icon ? { icon } : {}),
  keys: [key],
  menu: 'view',
  group: 5,
  perform: () => {
    const former = useCompare.getState().tool;
    useCompare.getState().set({ tool: isOpen() && former === name ? 'look' : name });
    useView.getState().set({ current: 'compare' });
  },
});

const BACKDROPS: Backdrop[] = ['checker', 'light', 'dark'];

export const actions: Action[] = [
  {
    id: 'compare.fit',
    icon: Maximize,
    keys: ['Mod+0'],
    menu: 'view',
    group: 3,
    whileTyping: true,
    enabled: isOpen,
    perform: () => useCompare.getState().fit(),
  },
  {
    id: 'compare.whole',
    icon: ScanSearch,
    keys: ['Mod+1'],
    menu: 'view',
    group: 3,
    whileTyping: true,
    enabled: isOpen,
    perform: () => useCompare.getState().zoomTo(1),
  },
  {
    id: 'compare.zoomIn',
    icon: ZoomIn,
    keys: ['Mod+Plus', 'Mod+='],
    menu: 'view',
    group: 3,
    whileTyping: true,
    enabled: isOpen,
    perform: () => useCompare.getState().zoomBy(1.25),
  },
  {
    id: 'compare.zoomOut',
    icon: ZoomOut,
    keys: ['Mod+-'],
    menu: 'view',
    group: 3,
    whileTyping: true,
    enabled: isOpen,
    perform: () => useCompare.getState().zoomBy(1 / 1.25),
  },
  mode('split'),
  mode('side'),
  mode('flip'),
  mode('difference'),
  mode('many'),
  ...TRIALS.map(trials),
  tool('focal', 'P', Crosshair),
  tool('crop', 'R', Crop),
  {
    id: 'compare.loupe',
    icon: Search,
    menu: 'view',
    group: 5,
    enabled: isOpen,
    perform: toggleLoupe,
  },
  {
    id: 'compare.backdrop',
    keys: ['B'],
    enabled: isOpen,
    perform: () => {
      const { backdrop, set } = useView.getState();
      const next = BACKDROPS[(BACKDROPS.indexOf(backdrop) + 1) % BACKDROPS.length];
      if (next) set({ backdrop: next });
    },
  },
  {
    id: 'compare.exact',
    keys: ['X'],
    enabled: isOpen,
    perform: () => {
      const { pixelExact, set } = useView.getState();
      set({ pixelExact: !pixelExact });
    },
  },
];
