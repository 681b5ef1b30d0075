// Handles the keys of the grid. Letters are left to the window's actions.
import type { FocusEvent, KeyboardEvent } from 'react';
import { openIn } from '@/assets/commands';
import type { FilteredAssets } from '@/assets/filter';
import { isInitialFocus } from '@/components/useInitialFocus';
import { extend, useSelection } from '@/state/selection';
import { placeAfter } from './navigate';

interface KeysProps {
  shown: FilteredAssets;
  columns: number;
  /** Rows on the screen. */
  page: number;
  /** The index of the first tile on the screen. */
  first: number;
}

export function useKeys({ shown: { ids, places }, columns, page, first }: KeysProps) {
  const placeOf = (focus: number | null) => (focus === null ? undefined : places.get(focus));
  return {
    onFocus: (event: FocusEvent) => {
      // The initial focus selects nothing: see app/initialAsset.ts.
      if (isInitialFocus()) return;
      const { focus, ids: selected, set } = useSelection.getState();
      const at = ids[first];
      if (event.target !== event.currentTarget || placeOf(focus) !== undefined) return;
      // A press selects by itself; Tab selects the first visible tile.
      if (at !== undefined && event.currentTarget.matches(':focus-visible')) set(selected, at, at);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.altKey || event.target !== event.currentTarget) return;
      const { focus, ids: selected, anchor, set } = useSelection.getState();
      const place = placeOf(focus);
      const mod = event.ctrlKey || event.metaKey;
      if (event.key === 'Enter' && focus !== null && !mod) {
        event.preventDefault();
        openIn('compare', focus);
        return;
      }
      if (event.key === ' ' && focus !== null) {
        event.preventDefault();
        if (!mod) {
          openIn('sheet', focus);
          return;
        }
        const next = extend({ ids: selected, anchor }, ids, focus, 'toggle');
        set(next.ids, next.focus, next.anchor);
        return;
      }
      const to = placeAfter(event.key, place ?? first, { count: ids.length, columns, page });
      if (to === null) return;
      event.preventDefault();
      const id = ids[place === undefined ? first : to];
      if (id === undefined) return;
      if (mod && !event.shiftKey) {
        set(selected, id);
        return;
      }
      const reach = event.shiftKey ? 'range' : 'one';
      const next = extend({ ids: selected, anchor: anchor ?? focus }, ids, id, reach);
      set(next.ids, next.focus, next.anchor);
    },
  };
}
