// Handles presses on tiles.
import { useQueryClient } from '@tanstack/react-query';
import type { MouseEvent, PointerEvent } from 'react';
import { assetsQuery } from '@/api/queries';
import { call } from '@/api/rpc';
import { openIn } from '@/assets/commands';
import { dragFrom } from '@/assets/dragOut';
import { assetsById, readFilteredAssets } from '@/assets/filtered';
import { extend, type Reach, useSelection } from '@/state/selection';

/** The asset of the tile that an event is about. */
export function assetAt(target: EventTarget): number | null {
  const tile = target instanceof Element ? target.closest<HTMLElement>('[data-asset]') : null;
  return tile ? Number(tile.dataset.asset) : null;
}

export const reachOf = (event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): Reach =>
  event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'one';

export function usePress() {
  const client = useQueryClient();
  return {
    click: (event: MouseEvent) => {
      const asset = assetAt(event.target);
      if (asset === null) return;
      const { ids, anchor, set } = useSelection.getState();
      const next = extend({ ids, anchor }, readFilteredAssets(client).ids, asset, reachOf(event));
      set(next.ids, next.focus, next.anchor);
    },
    doubleClick: (event: MouseEvent) => {
      const asset = assetAt(event.target);
      if (asset !== null) openIn('compare', asset);
    },
    /** Returns whether the press was on a tile. */
    down: (event: PointerEvent): boolean => {
      const asset = assetAt(event.target);
      if (asset === null) return false;
      const found = assetsById(client.getQueryData(assetsQuery.queryKey)?.assets ?? []).get(asset);
      if (event.button === 0 && event.pointerType !== 'touch' && found) {
        dragFrom(event, () => call('asset_file', { asset }));
      }
      return true;
    },
  };
}
