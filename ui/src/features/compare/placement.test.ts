import { describe, expect, test } from 'vitest';
import { around, type Placement, place, shownPart, stretch, underVariant } from './placement';
import type { Size } from './transform';

const shapes: Record<string, Size> = {
  wide: { width: 2048, height: 1358 },
  tall: { width: 1000, height: 3000 },
  square: { width: 700, height: 700 },
};

/** A map in pixels of both pictures, as a placement. */
function inShares(original: Size, variant: Size, pixels: Placement): Placement {
  const [a, b, c, d, e, f] = pixels;
  const { width, height } = variant;
  return [
    (a * original.width) / width,
    (b * original.width) / height,
    (c * original.height) / width,
    (d * original.height) / height,
    e / width,
    f / height,
  ];
}

/** What operations make of an original: the size, and the map in pixels. */
const operations: Record<string, (from: Size) => [Size, Placement]> = {
  inside: ({ width, height }) => [{ width: width / 2, height: height / 2 }, [0.5, 0, 0, 0.5, 0, 0]],
  contain: ({ width, height }) => {
    const by = 600 / Math.max(width, height);
    const [left, top] = [(600 - width * by) / 2, (600 - height * by) / 2];
    return [{ width: 600, height: 600 }, [by, 0, 0, by, left, top]];
  },
  cover: ({ width, height }) => {
    const by = 600 / Math.min(width, height);
    const [left, top] = [(600 - width * by) / 2, (600 - height * by) / 2];
    return [{ width: 600, height: 600 }, [by, 0, 0, by, left, top]];
  },
  fill: ({ width, height }) => [
    { width: 600, height: 600 },
    [600 / width, 0, 0, 600 / height, 0, 0],
  ],
  pad: ({ width, height }) => [{ width: width + 100, height: height + 200 }, [1, 0, 0, 1, 30, 150]],
  crop: () => [{ width: 200, height: 100 }, [1, 0, 0, 1, -300, -20]],
  'quarter turn': ({ width, height }) => [
    { width: height, height: width },
    [0, 1, -1, 0, height, 0],
  ],
  slant: ({ width, height }) => {
    const [sine, cosine] = [Math.sin(0.12), Math.cos(0.12)];
    const [w, h] = [width * cosine + height * sine, width * sine + height * cosine];
    const e = w / 2 - (cosine * width - sine * height) / 2;
    const f = h / 2 - (sine * width + cosine * height) / 2;
    return [{ width: w, height: h }, [cosine, sine, -sine, cosine, e, f]];
  },
  flip: ({ width, height }) => [{ width, height }, [-1, 0, 0, 1, width, 0]],
};

describe.each(Object.entries(shapes))('%s', (_, original) => {
  test.each(Object.entries(operations))('%s: own proportion, and places meet', (_, operation) => {
    const [variant, pixels] = operation(original);
    const placement = inShares(original, variant, pixels);
    const rect = place(original, variant, placement);
    expect(rect.width / rect.height).toBeCloseTo(variant.width / variant.height, 9);
    // On a pane with 1500 CSS pixels for the original's width.
    const shown = { width: rect.width * 1500, height: rect.height * 1500 };
    const size = { width: 1500, height: (1500 * original.height) / original.width };
    const [a, b, c, d, e, f] = underVariant(size, shown, placement);
    for (const [x, y] of [
      [310, 40],
      [original.width, 0],
      [0, original.height],
    ] as const) {
      const [left, top] = [(x * 1500) / original.width, (y * 1500) / original.width];
      const [m, n, o, p, q, r] = pixels;
      const drawn = shown.width / variant.width;
      expect(a * left + c * top + e).toBeCloseTo((m * x + o * y + q) * drawn, 6);
      expect(b * left + d * top + f).toBeCloseTo((n * x + p * y + r) * drawn, 6);
    }
  });
});

test('what does not turn lies in the scene where its pixels come from', () => {
  const original = { width: 6000, height: 4000 };
  const [left, top, width, height] = [0.25, 0.1, 0.5, 0.8];
  const rect = place(original, { width: 1280, height: 1365 }, [
    1 / width,
    0,
    0,
    1 / height,
    -left / width,
    -top / height,
  ]);
  expect(rect.left).toBeCloseTo(0.25, 3);
  expect(rect.width).toBeCloseTo(0.5, 3);
  expect(rect.top).toBeCloseTo(0.0667, 3);
});

test('what is unknown is in the middle, in its own proportion', () => {
  const rect = place({ width: 6000, height: 4000 }, { width: 300, height: 600 }, null);
  expect(rect.height / rect.width).toBeCloseTo(2);
  expect(rect.left + rect.width / 2).toBeCloseTo(0.5);
  expect(rect.height).toBeCloseTo(4000 / 6000);
});

test('only what is stretched counts as stretched', () => {
  const original = { width: 2048, height: 1358 };
  const whole: Placement = [1, 0, 0, 1, 0, 0];
  expect(stretch(original, { width: 600, height: 600 }, whole)).toBeCloseTo(1358 / 2048);
  expect(stretch(original, { width: 1200, height: 300 }, whole)).toBeCloseTo(2.6525, 3);
  expect(stretch(original, { width: 600, height: 398 }, whole)).toBe(1);
  expect(stretch(original, { width: 9, height: 6 }, whole)).toBe(1);
  expect(stretch(original, { width: 600, height: 600 }, null)).toBe(1);
  // A quarter turn stretches nothing.
  expect(stretch(original, { width: 1358, height: 2048 }, [0, 1, -1, 0, 1, 0])).toBe(1);
});

test('frames show the part that a variant shows, within the original', () => {
  expect(shownPart([2, 0, 0, 1, -0.5, 0])).toEqual({ left: 0.25, top: 0, width: 0.5, height: 1 });
  expect(shownPart([0.5, 0, 0, 1, 0.25, 0])).toEqual({ left: 0, top: 0, width: 1, height: 1 });
  expect(shownPart([-2, 0, 0, 1, 1, 0])).toEqual({ left: 0, top: 0, width: 0.5, height: 1 });
  expect(shownPart([0, 2, -1, 0, 1, 0])).toEqual({ left: 0, top: 0, width: 0.5, height: 1 });
  expect(shownPart([1, 0.1, -0.1, 1, 0, 0])).toBeNull();
  expect(shownPart(null)).toBeNull();
});

test('a rectangle around two', () => {
  const one = { left: 0, top: 0, width: 1, height: 1 };
  expect(around(one, { left: -1, top: 0.5, width: 1, height: 1 })).toEqual({
    ...{ left: -1, top: 0, width: 2, height: 1.5 },
  });
});
