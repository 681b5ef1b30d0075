// Whoever opens a workspace looks at an asset that the active generator takes, as soon as it is
// known which do; nothing is selected by it.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { Asset, Matrix } from '@/api/bindings';
import { presetsQuery, useAssetList } from '@/api/queries';
import { call } from '@/api/rpc';
import { useFilteredAssets } from '@/assets/filtered';
import { type Selection, useSelection } from '@/state/selection';
import { type ActiveGenerator, useView } from '@/state/view';

/** So many assets from the top are asked about. */
const MOST = 60;

/** The first asset that the generator takes and that has not failed; else the first one. */
export function firstMatching(
  assets: readonly Asset[],
  rows: Matrix['rows'],
  active: Pick<ActiveGenerator, 'file' | 'generator'>,
): number | null {
  const taken = rows.find(({ cells }) =>
    cells.some(
      ({ file, generator, state }) =>
        file === active.file && generator === active.generator && state !== 'failed',
    ),
  );
  return taken?.asset ?? firstReadable(assets);
}

const firstReadable = (assets: readonly Asset[]) =>
  (assets.find(({ state }) => state.kind === 'ready') ?? assets[0])?.id ?? null;

/** Whether the person has chosen nothing: the focus is nowhere, or where it landed by itself. */
const isFree = ({ focus, ids }: Pick<Selection, 'focus' | 'ids'>, landed: number | null) =>
  focus === null || (focus === landed && ids.size === 0);

export function useInitialAsset() {
  const { assets } = useFilteredAssets();
  const { isListed } = useAssetList();
  const presets = useQuery(presetsQuery).data;
  const active = useView((view) => view.active);
  // Where it went while no generator was known: one may still come.
  const landed = useRef<number | null>(null);
  const isNeeded = useSelection((selection) => isFree(selection, landed.current));
  const first = assets.slice(0, MOST);
  const isKnown = first.length > 0 && first.every(({ state }) => state.kind !== 'waiting');
  const hasGenerator = presets?.some(({ generators }) => generators.length > 0);
  const isReady =
    isNeeded && isListed && isKnown && presets !== undefined && (active !== null || !hasGenerator);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is known of them by then counts
  useEffect(() => {
    if (!isReady) return;
    let isOver = false;
    const land = (id: number | null) => {
      // What the person has chosen in the meantime stands.
      const selection = useSelection.getState();
      if (isOver || id === null || !isFree(selection, landed.current)) return;
      landed.current = active === null ? id : null;
      selection.set([], id, id);
    };
    if (active === null) {
      land(firstReadable(first));
      return;
    }
    call('matrix', { assets: first.map(({ id }) => id), files: [active.file] })
      .then(({ rows }) => land(firstMatching(first, rows, active)))
      // Without an answer nothing is lost: the person chooses.
      .catch(() => {});
    return () => {
      isOver = true;
    };
  }, [isReady, active?.file, active?.generator]);
}
