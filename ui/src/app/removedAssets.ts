// Deselects assets that were removed from the folder, and moves the focus to the asset that takes the
// place of a removed one, so that compare and sheet do not jump elsewhere.
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAssetList } from '@/api/queries';
import { assetsById, useFilteredAssets } from '@/assets/filtered';
import { useNotices } from '@/state/notices';
import { useSelection } from '@/state/selection';
import { useView } from '@/state/view';

/** The next asset that still exists, else the previous one. */
export function neighbour(
  order: readonly number[],
  removed: number,
  exists: (id: number) => boolean,
): number | null {
  const at = order.indexOf(removed);
  if (at < 0) return null;
  return order.slice(at).find(exists) ?? order.slice(0, at).findLast(exists) ?? null;
}

export function useRemovedAssets() {
  const { t } = useTranslation();
  const { ids } = useFilteredAssets();
  const { all, isListed } = useAssetList();
  const former = useRef({ ids, all });
  useEffect(() => {
    // While a folder is being scanned, missing assets may still be found.
    if (!isListed || !all) return;
    const before = former.current;
    former.current = { ids, all };
    if (before.all === all) return;
    const existing = assetsById(all);
    const { ids: selected, focus, anchor, set } = useSelection.getState();
    const focusRemoved = focus !== null && !existing.has(focus);
    const left = [...selected].filter((id) => existing.has(id));
    if (!focusRemoved && left.length === selected.size) return;
    const exists = (id: number) => existing.has(id);
    const next = focusRemoved ? neighbour(before.ids, focus, exists) : focus;
    set(left, next, anchor !== null && existing.has(anchor) ? anchor : next);
    const path = focusRemoved && before.all ? assetsById(before.all).get(focus)?.path : undefined;
    const isShown = ['compare', 'sheet'].includes(useView.getState().current);
    if (path !== undefined && isShown) {
      useNotices.getState().add('information', t('library.gone', { path }));
    }
  }, [ids, all, isListed, t]);
}
