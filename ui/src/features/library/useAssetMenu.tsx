// The context menu of a tile.
import type { QueryClient } from '@tanstack/react-query';
import {
  Columns2,
  Download,
  FolderSearch,
  GalleryVerticalEnd,
  Link,
  Play,
  Star,
} from 'lucide-react';
import { type MouseEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  areMarked,
  copyPaths,
  hasSubjects,
  openIn,
  revealFile,
  toggleMark,
} from '@/assets/commands';
import type { MenuEntry } from '@/components/Menu';
import { renderAll } from '@/preview/renderAll';
import { useDialogs } from '@/state/dialogs';
import { showError } from '@/state/notices';
import { useSelection } from '@/state/selection';
import { count as numbers } from '@/text';
import { assetAt } from './usePress';

/** `prepare` selects the tile under the pointer and builds the entries. */
export function useAssetMenu(client: QueryClient) {
  const { t } = useTranslation();
  const [entries, setEntries] = useState<readonly MenuEntry[]>([]);
  const make = (): MenuEntry[] => {
    const { ids, focus } = useSelection.getState();
    const count = Math.max(1, ids.size);
    const off = !hasSubjects();
    const done = (promise: Promise<void>) => void promise.catch(showError);
    return [
      {
        label: t('library.menu.compare'),
        icon: <Columns2 />,
        keys: 'Enter',
        disabled: off,
        perform: () => focus !== null && openIn('compare', focus),
      },
      {
        label: t('library.menu.sheet'),
        icon: <GalleryVerticalEnd />,
        keys: 'Space',
        disabled: off,
        perform: () => focus !== null && openIn('sheet', focus),
      },
      'separator',
      {
        label: t(areMarked(client) ? 'library.menu.unmark' : 'library.menu.mark'),
        icon: <Star />,
        keys: 'F',
        disabled: off,
        perform: () => done(toggleMark(client)),
      },
      {
        label: t('library.menu.reveal'),
        icon: <FolderSearch />,
        disabled: off,
        perform: () => done(revealFile(client)),
      },
      {
        label: t('library.menu.copyPath', { count }),
        icon: <Link />,
        disabled: off,
        perform: () => done(copyPaths(client)),
      },
      'separator',
      {
        label: t('variant.menu.selected', { number: numbers(count) }),
        icon: <Play />,
        disabled: off,
        perform: () => renderAll(ids.size > 0 ? [...ids] : focus === null ? [] : [focus]),
      },
      {
        label: t('library.menu.export', { count }),
        icon: <Download />,
        disabled: off,
        perform: () => useDialogs.getState().showExport({ assets: 'selection' }),
      },
    ];
  };
  const prepare = (event: MouseEvent) => {
    const asset = assetAt(event.target);
    const { ids, set } = useSelection.getState();
    if (asset !== null && !ids.has(asset)) set([asset], asset, asset);
    else if (asset !== null) set(ids, asset);
    setEntries(make());
  };
  return { entries, prepare };
}
