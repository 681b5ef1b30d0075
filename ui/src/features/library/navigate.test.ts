import { expect, test } from 'vitest';
import { touched } from './marquee';
import { placeAfter } from './navigate';

// 0 1 2 3
// 4 5 6 7
// 8 9
const grid = { count: 10, columns: 4, page: 3 };

test.each([
  ['ArrowRight', 3, 4],
  ['ArrowRight', 9, 9],
  ['ArrowLeft', 0, 0],
  ['ArrowDown', 1, 5],
  ['ArrowDown', 7, 9],
  ['ArrowDown', 8, 8],
  ['ArrowUp', 2, 2],
  ['ArrowUp', 9, 5],
  ['PageDown', 1, 9],
  ['PageUp', 9, 1],
  ['PageUp', 6, 2],
  ['Home', 7, 0],
  ['End', 7, 9],
])('%s from %i leads to %i', (key, from, to) => {
  expect(placeAfter(key, from, grid)).toBe(to);
});

test('letters lead nowhere, and nothing leads anywhere in an empty grid', () => {
  expect(placeAfter('g', 3, grid)).toBeNull();
  expect(placeAfter('End', 0, { ...grid, count: 0 })).toBeNull();
});

test('a rectangle touches the tiles under it, whichever way it is drawn', () => {
  const cells = { left: 10, top: 10, width: 100, height: 100, columns: 4, count: 10 };
  expect(touched({ x: 0, y: 0 }, { x: 120, y: 120 }, cells)).toEqual([0, 1, 4, 5]);
  expect(touched({ x: 120, y: 120 }, { x: 0, y: 0 }, cells)).toEqual([0, 1, 4, 5]);
  expect(touched({ x: 215, y: 215 }, { x: 900, y: 900 }, cells)).toEqual([]);
});
