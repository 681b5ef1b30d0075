// Focuses an asset that the active generator matches when a workspace is opened, without selecting it.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Asset, Matrix } from '@/api/bindings';
import { presetsQuery, useAssetList } from '@/api/queries';
import { call } from '@/api/rpc';
import { useFilteredAssets } from '@/assets/filtered';
import { type Selection, useSelection } from '@/state/selection';
import { type ActiveGenerator, useView } from '@/state/view';

/** The number of assets from the top that are considered. */
const MOST = 60;

/** The first asset that the generator matches and that has not failed, else the first readable one. */
export function firstMatching(
  assets: readonly Asset[],
  rows: Matrix['rows'],
  active: Pick<ActiveGenerator, 'file' | 'generator'>,
): number | null {
  const matching = rows.find(({ cells }) =>
    cells.some(
      ({ file, generator, state }) =>
        file === active.file && generator === active.generator && state !== 'failed',
    ),
  );
  return matching?.asset ?? firstReadable(assets);
}

const firstReadable = (assets: readonly Asset[]) =>
  (assets.find(({ state }) => state.kind === 'ready') ?? assets[0])?.id ?? null;

/** Whether the user has chosen nothing: no asset is focused, or the one that this module focused. */
const isFree = ({ focus, ids }: Pick<Selection, 'focus' | 'ids'>, focused: number | null) =>
  focus === null || (focus === focused && ids.size === 0);

export function useInitialAsset() {
  const { assets } = useFilteredAssets();
  const { isListed } = useAssetList();
  const presets = useQuery(presetsQuery).data;
  const active = useView((view) => view.active);
  // The asset focused while no generator was known; one may still load.
  const focused = useRef<number | null>(null);
  const isNeeded = useSelection((selection) => isFree(selection, focused.current));
  const first = assets.slice(0, MOST);
  const isKnown = first.length > 0 && first.every(({ state }) => state.kind !== 'waiting');
  const hasGenerator = presets?.some(({ generators }) => generators.length > 0);
  const isReady =
    isNeeded && isListed && isKnown && presets !== undefined && (active !== null || !hasGenerator);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is known of them by then counts
  useEffect(() => {
    if (!isReady) return;
    let isOver = false;
    const focus = (id: number | null) => {
      // A choice that the user has made meanwhile is kept.
      const selection = useSelection.getState();
      if (isOver || id === null || !isFree(selection, focused.current)) return;
      focused.current = active === null ? id : null;
      selection.set([], id, id);
    };
    if (active === null) {
      focus(firstReadable(first));
      return;
    }
    call('matrix', { assets: first.map(({ id }) => id), files: [active.file] })
      .then(({ rows }) => focus(firstMatching(first, rows, active)))
      // Without a response the user chooses.
      .catch(() => {});
    return () => {
      isOver = true;
    };
  }, [isReady, active?.file, active?.generator]);
}
