// The tiles that a marquee touches.

export interface Cells {
  /** The corner of the first tile, within the scrolled content. */
  left: number;
  top: number;
  /** From one tile to the next. */
  width: number;
  height: number;
  columns: number;
  count: number;
}

export interface Point {
  x: number;
  y: number;
}

/** The indexes of the tiles that the rectangle between two points touches. */
export function touched(from: Point, to: Point, cells: Cells): number[] {
  const at = (value: number, start: number, size: number) => Math.floor((value - start) / size);
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  const firstColumn = Math.max(0, at(left, cells.left, cells.width));
  const lastColumn = Math.min(cells.columns - 1, at(right, cells.left, cells.width));
  const firstRow = Math.max(0, at(top, cells.top, cells.height));
  const lastRow = at(bottom, cells.top, cells.height);
  const places: number[] = [];
  for (let row = firstRow; row <= lastRow; row += 1) {
    for (let column = firstColumn; column <= lastColumn; column += 1) {
      const place = row * cells.columns + column;
      if (place < cells.count) places.push(place);
    }
  }
  return places;
}
