import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareOut, withComment } from './corpus.js';

test('a comment goes behind the first segment and leaves the rest as it is', () => {
  const first = [0xff, 0xe0, 0x00, 0x04, 0x01, 0x02];
  const jpeg = Buffer.from([0xff, 0xd8, ...first, 0xff, 0xd9]);
  const expected = [0xff, 0xd8, ...first, 0xff, 0xfe, 0x00, 0x04, 0x68, 0x69, 0xff, 0xd9];
  assert.deepEqual([...withComment(jpeg, 'hi')], expected);
});

test('what is no JPEG is refused', () => {
  assert.throws(() => withComment(Buffer.from('GIF89a'), 'hi'), /not a JPEG/);
});

test('each lane gets about the same bytes, and every source is in one lane', () => {
  const sources = [9, 1, 5, 4, 7, 2].map((bytes) => ({ bytes }));
  const lanes = shareOut(sources, 2);
  const sums = lanes.map((lane) => lane.reduce((sum, { bytes }) => sum + bytes, 0));
  assert.deepEqual(sums, [14, 14]);
  assert.equal(lanes.flat().length, sources.length);
});

test('there are no empty lanes', () => {
  assert.equal(shareOut([{ bytes: 1 }], 2).length, 1);
});
