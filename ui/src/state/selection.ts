// The selected assets and the focused one.
import { create } from 'zustand';

export interface Selection {
  /** Selected assets. */
  ids: ReadonlySet<number>;
  /** The asset that keys act on and that compare and sheet show. */
  focus: number | null;
  /** Where a selection with Shift begins. */
  anchor: number | null;
  set: (ids: Iterable<number>, focus: number | null, anchor?: number | null) => void;
  clear: () => void;
}

export const useSelection = create<Selection>((set) => ({
  ids: new Set(),
  focus: null,
  anchor: null,
  set: (ids, focus, anchor) =>
    set((former) => ({
      ids: new Set(ids),
      focus,
      anchor: anchor === undefined ? former.anchor : anchor,
    })),
  clear: () => set({ ids: new Set(), focus: null, anchor: null }),
}));

export type Reach = 'one' | 'toggle' | 'range';

/** The selection after a click or an arrow key on `id`, in the order of `order`. */
export function extend(
  former: Pick<Selection, 'ids' | 'anchor'>,
  order: readonly number[],
  id: number,
  reach: Reach,
): { ids: Set<number>; focus: number; anchor: number } {
  if (reach === 'toggle') {
    const ids = new Set(former.ids);
    if (!ids.delete(id)) ids.add(id);
    return { ids, focus: id, anchor: id };
  }
  if (reach === 'range' && former.anchor !== null) {
    const [from, to] = [order.indexOf(former.anchor), order.indexOf(id)].sort((a, b) => a - b);
    if (from !== undefined && to !== undefined && from >= 0) {
      return { ids: new Set(order.slice(from, to + 1)), focus: id, anchor: former.anchor };
    }
  }
  return { ids: new Set([id]), focus: id, anchor: id };
}
