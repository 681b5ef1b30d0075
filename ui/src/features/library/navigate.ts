// Keyboard navigation in a grid of tiles.

export interface Places {
  /** The number of tiles. */
  count: number;
  columns: number;
  /** Rows on the screen. */
  page: number;
}

/** The index that a key leads to; null: it is not a navigation key. */
export function placeAfter(key: string, place: number, { count, columns, page }: Places) {
  const last = count - 1;
  if (count === 0) return null;
  const to = (target: number) => Math.max(0, Math.min(last, target));
  // Up and down stay in the column if possible.
  const rows = (by: number) => {
    const target = place + by * columns;
    if (target < 0) return place % columns;
    if (target <= last) return target;
    const row = Math.floor(last / columns);
    if (Math.floor(place / columns) === row) return place;
    return Math.min(last, row * columns + (place % columns));
  };
  switch (key) {
    case 'ArrowLeft':
      return to(place - 1);
    case 'ArrowRight':
      return to(place + 1);
    case 'ArrowUp':
      return place < columns ? place : rows(-1);
    case 'ArrowDown':
      return rows(1);
    case 'PageUp':
      return rows(-Math.max(1, page - 1));
    case 'PageDown':
      return rows(Math.max(1, page - 1));
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
