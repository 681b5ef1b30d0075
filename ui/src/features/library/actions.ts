import {
  ArrowLeft,
  ArrowRight,
  CopyCheck,
  FolderSearch,
  Link,
  ListFilter,
  SquareDashed,
  Star,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import type { Action, ActionContext } from '@/actions/types';
import {
  areMarked,
  copyPaths,
  hasSubjects,
  resize,
  revealFile,
  SIDES,
  step,
  toggleMark,
} from '@/assets/commands';
import { isFiltered, noFilters } from '@/assets/filter';
import { readFilteredAssets } from '@/assets/filtered';
import { useSelection } from '@/state/selection';
import { useView } from '@/state/view';
import { t } from '@/text';

const isGrid = () => useView.getState().current === 'grid';
const hasFocus = () => useSelection.getState().focus !== null;
const hasShown = ({ client }: ActionContext) => readFilteredAssets(client).ids.length > 0;

export const actions: Action[] = [
  {
    id: 'library.selectAll',
    icon: CopyCheck,
    keys: ['Mod+A'],
    menu: 'edit',
    group: 2,
    enabled: hasShown,
    perform: ({ client }) => {
      const { ids } = readFilteredAssets(client);
      const { focus, set } = useSelection.getState();
      const first = focus ?? ids[0] ?? null;
      set(ids, first, first);
    },
  },
  {
    id: 'library.clearSelection',
    icon: SquareDashed,
    keys: ['Escape', 'Mod+Shift+A'],
    menu: 'edit',
    group: 2,
    enabled: () => useSelection.getState().ids.size > 0 && isGrid(),
    // The focus stays, for the keys that follow.
    perform: () => {
      const { focus, set } = useSelection.getState();
      set([], focus, focus);
    },
  },
  {
    id: 'library.mark',
    icon: Star,
    keys: ['F'],
    menu: 'edit',
    group: 3,
    once: true,
    label: ({ client }) => t(areMarked(client) ? 'actions.library.unmark' : 'actions.library.mark'),
    enabled: hasSubjects,
    perform: ({ client }) => toggleMark(client),
  },
  {
    id: 'library.reveal',
    icon: FolderSearch,
    keys: ['Mod+Shift+R'],
    menu: 'edit',
    group: 4,
    enabled: hasFocus,
    perform: ({ client }) => revealFile(client),
  },
  {
    id: 'library.copyPath',
    icon: Link,
    keys: ['Mod+Shift+C'],
    menu: 'edit',
    group: 4,
    enabled: hasSubjects,
    perform: ({ client }) => copyPaths(client),
  },
  {
    id: 'library.next',
    icon: ArrowRight,
    keys: ['.'],
    menu: 'view',
    group: 5,
    enabled: hasShown,
    perform: ({ client }) => step(client, 1),
  },
  {
    id: 'library.previous',
    icon: ArrowLeft,
    keys: [','],
    menu: 'view',
    group: 5,
    enabled: hasShown,
    perform: ({ client }) => step(client, -1),
  },
  {
    id: 'library.larger',
    icon: ZoomIn,
    keys: ['Mod+Plus', 'Mod+='],
    menu: 'view',
    group: 6,
    enabled: isGrid,
    perform: () => resize(SIDES.step),
  },
  {
    id: 'library.smaller',
    icon: ZoomOut,
    keys: ['Mod+-'],
    menu: 'view',
    group: 6,
    enabled: isGrid,
    perform: () => resize(-SIDES.step),
  },
  {
    id: 'library.clearFilters',
    icon: ListFilter,
    menu: 'view',
    group: 6,
    enabled: () => isFiltered(useView.getState()),
    perform: () => useView.getState().set(noFilters),
  },
];
