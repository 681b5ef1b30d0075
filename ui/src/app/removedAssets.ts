// Assets that are no longer in the folder are selected no more; the focus goes to the one that
// stands where it was, so that compare and sheet do not jump elsewhere.
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAssetList } from '@/api/queries';
import { assetsById, useFilteredAssets } from '@/assets/filtered';
import { useNotices } from '@/state/notices';
import { useSelection } from '@/state/selection';
import { useView } from '@/state/view';

/** The one after it that is there still, else the one before it. */
export function neighbour(
  order: readonly number[],
  gone: number,
  isThere: (id: number) => boolean,
): number | null {
  const at = order.indexOf(gone);
  if (at < 0) return null;
  return order.slice(at).find(isThere) ?? order.slice(0, at).findLast(isThere) ?? null;
}

export function useRemovedAssets() {
  const { t } = useTranslation();
  const { ids } = useFilteredAssets();
  const { all, isListed } = useAssetList();
  const former = useRef({ ids, all });
  useEffect(() => {
    // While a folder is being listed, what is not there may still come.
    if (!isListed || !all) return;
    const before = former.current;
    former.current = { ids, all };
    if (before.all === all) return;
    const there = assetsById(all);
    const { ids: selected, focus, anchor, set } = useSelection.getState();
    const isGone = focus !== null && !there.has(focus);
    const left = [...selected].filter((id) => there.has(id));
    if (!isGone && left.length === selected.size) return;
    const isThere = (id: number) => there.has(id);
    const next = isGone ? neighbour(before.ids, focus, isThere) : focus;
    set(left, next, anchor !== null && there.has(anchor) ? anchor : next);
    const path = isGone && before.all ? assetsById(before.all).get(focus)?.path : undefined;
    const isLookedAt = ['compare', 'sheet'].includes(useView.getState().current);
    if (path !== undefined && isLookedAt) {
      useNotices.getState().add('information', t('library.gone', { path }));
    }
  }, [ids, all, isListed, t]);
}
