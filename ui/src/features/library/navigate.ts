// Where a key leads in a grid of tiles.

export interface Places {
  /** How many there are. */
  count: number;
  columns: number;
  /** Rows on the screen. */
  page: number;
}

/** The place that a key leads to from `place`; null: the key is no movement. */
export function placeAfter(key: string, place: number, { count, columns, page }: Places) {
  const last = count - 1;
  if (count === 0) return null;
  const to = (wanted: number) => Math.max(0, Math.min(last, wanted));
  // Up and down stay in their column where that is possible at all.
  const rows = (by: number) => {
    const wanted = place + by * columns;
    if (wanted < 0) return place % columns;
    if (wanted <= last) return wanted;
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
