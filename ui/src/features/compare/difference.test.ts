import { expect, test } from 'vitest';
import { comparedSize, originalPixels } from './difference';

test('the original is loaded in the scale of the variant', () => {
  const original = { width: 3000, height: 2000 };
  expect(originalPixels(original, { width: 600, height: 400 }, 1)).toBe(600);
  // A third of it in the width.
  expect(originalPixels(original, { width: 600, height: 600 }, 1 / 3)).toBe(1800);
  expect(originalPixels({ width: 2000, height: 3000 }, { width: 600, height: 900 }, 1)).toBe(900);
  // In full size, or enlarged: as it is.
  expect(originalPixels(original, original, 1)).toBe(0);
  expect(originalPixels(original, { width: 6000, height: 4000 }, 1)).toBe(0);
});

test('variants of many pixels are reduced', () => {
  expect(comparedSize({ width: 4000, height: 3000 })).toEqual({ width: 4000, height: 3000 });
  const { width, height } = comparedSize({ width: 20_000, height: 10_000 });
  expect(width * height).toBeLessThan(16.1e6);
  expect(width / height).toBeCloseTo(2, 2);
});
