import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitmapOf, isWithin, partOf } from './face-crops.js';

/** A bitmap of 24 bits, its last row first. */
function bitmap(width, height, color) {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + stride * height);
  bytes.writeUInt32LE(54, 10);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) bytes[54 + (height - 1 - y) * stride + x * 3] = color(x, y);
  }
  return bitmapOf(bytes);
}

test('a crop is found where it was cut out', () => {
  const color = (x, y) => (x * 7 + y * 13) % 251;
  const picture = bitmap(30, 20, color);
  assert.deepEqual(partOf(picture, bitmap(20, 20, (x, y) => color(x + 6, y))), [6, 0, 20, 20]);
  assert.deepEqual(partOf(picture, bitmap(30, 9, (x, y) => color(x, y + 4))), [0, 4, 30, 9]);
  assert.equal(partOf(picture, bitmap(30, 9, () => 252)), null);
});

test('a box is within a part or hangs over', () => {
  assert.ok(isWithin([10, 10, 5, 5], [9, 9, 7, 7]));
  assert.ok(!isWithin([10, 10, 5, 5], [9, 9, 4, 7]));
  assert.ok(!isWithin([6, 10, 5, 5], [9, 9, 7, 7]));
});
