// Where a crop lies in its picture, by the pixels of uncompressed bitmaps.

/** @returns {{width: number, height: number, row: (y: number) => Buffer, pixel: number}} */
export function bitmapOf(bytes) {
  const [start, width, height] = [bytes.readUInt32LE(10), bytes.readInt32LE(18), bytes.readInt32LE(22)];
  const pixel = bytes.readUInt16LE(28) / 8;
  const stride = Math.ceil((width * pixel) / 4) * 4;
  const rows = Math.abs(height);
  const row = (y) => {
    const at = start + stride * (height < 0 ? y : rows - 1 - y);
    return bytes.subarray(at, at + width * pixel);
  };
  return { width, height: rows, row, pixel };
}

/** The place of a crop that has all of one side: left, top, width, height in pixels. */
export function partOf(picture, crop) {
  const { width, height, pixel } = crop;
  const isAt = (left, top, rows) =>
    rows.every((y) => {
      const row = picture.row(top + y);
      return row.subarray(left * pixel, (left + width) * pixel).equals(crop.row(y));
    });
  const few = [0, Math.floor(height / 2), height - 1];
  const all = Array.from({ length: height }, (_, y) => y);
  for (let top = 0; top <= picture.height - height; top += 1) {
    for (let left = 0; left <= picture.width - width; left += 1) {
      if (isAt(left, top, few) && isAt(left, top, all)) return [left, top, width, height];
    }
  }
  return null;
}

/** Whether a box lies within a part, by a pixel's rounding. */
export const isWithin = ([x, y, width, height], [left, top, across, down]) =>
  x >= left - 1 && y >= top - 1 && x + width <= left + across + 1 && y + height <= top + down + 1;
