// Where an original lies in its variant: pure arithmetic.
import type { Preview } from '@/api/bindings';
import type { Rect, Size } from './transform';

/** The map from shares of the original's sides to shares of the variant's (`Preview.placement`). */
export type Placement = NonNullable<Preview['placement']>;

/** A CSS matrix: `x' = a x + c y + e`, `y' = b x + d y + f`. */
type Matrix = readonly [number, number, number, number, number, number];

/** The whole scene. */
export const whole = (original: Size): Rect => ({
  left: 0,
  top: 0,
  width: 1,
  height: original.height / original.width,
});

/**
 * A variant's rectangle in the scene, in its own proportion: around the place that its middle shows,
 * as large as its pixels are in the original. Without a placement: in the middle, as large as fits.
 */
export function place(original: Size, variant: Size, placement: Placement | null): Rect {
  const { height } = whole(original);
  if (!placement) {
    const ratio = variant.height / variant.width;
    const width = ratio > height ? height / ratio : 1;
    const [across, down] = [(1 - width) / 2, (height - width * ratio) / 2];
    return { left: across, top: down, width, height: width * ratio };
  }
  const [a, b, c, d] = inPixels(original, variant, placement);
  const pixel = 1 / Math.sqrt(Math.abs(a * d - b * c)) / original.width;
  const middle = sourceOf(placement, 0.5, 0.5);
  const size = { width: variant.width * pixel, height: variant.height * pixel };
  return {
    left: middle.x - size.width / 2,
    top: middle.y * height - size.height / 2,
    ...size,
  };
}

/** The matrix that lays an original drawn in `size` under a variant drawn in `shown`. */
export function underVariant(size: Size, shown: Size, placement: Placement): Matrix {
  const [a, b, c, d, e, f] = placement;
  return [
    (a * shown.width) / size.width,
    (b * shown.height) / size.width,
    (c * shown.width) / size.height,
    (d * shown.height) / size.height,
    e * shown.width,
    f * shown.height,
  ];
}

/**
 * By which factor a variant is stretched: above 1 it is wider than the original, below 1 taller.
 * Rounding to whole pixels does not count.
 */
export function stretch(original: Size, variant: Size, placement: Placement | null): number {
  if (!placement) return 1;
  const [a, b, c, d] = inPixels(original, variant, placement);
  const factor = Math.hypot(a, c) / Math.hypot(b, d);
  const rounding = 1 / Math.min(variant.width, variant.height);
  return Math.abs(Math.log(factor)) <= Math.max(0.01, rounding) ? 1 : factor;
}

/** The part of the original that a variant shows, in shares of its sides; null: it is slanted. */
export function shownPart(placement: Placement | null): Rect | null {
  if (!placement) return null;
  const [a, b, c, d] = placement;
  const isSlanted = Math.max(Math.abs(a * b), Math.abs(c * d)) > 1e-6;
  if (isSlanted) return null;
  const corners = [sourceOf(placement, 0, 0), sourceOf(placement, 1, 1)] as const;
  const kept = (value: number) => Math.min(1, Math.max(0, value));
  const side = (one: number, other: number) => {
    const [from, to] = [kept(Math.min(one, other)), kept(Math.max(one, other))];
    return [from, to - from] as const;
  };
  const [left, width] = side(corners[0].x, corners[1].x);
  const [top, height] = side(corners[0].y, corners[1].y);
  return { left, top, width, height };
}

/** The smallest rectangle around two. */
export function around(one: Rect, other: Rect): Rect {
  const left = Math.min(one.left, other.left);
  const top = Math.min(one.top, other.top);
  return {
    left,
    top,
    width: Math.max(one.left + one.width, other.left + other.width) - left,
    height: Math.max(one.top + one.height, other.top + other.height) - top,
  };
}

/** The linear part in pixels of both pictures. */
const inPixels = (original: Size, variant: Size, [a, b, c, d]: Placement) =>
  [
    (a * variant.width) / original.width,
    (b * variant.height) / original.width,
    (c * variant.width) / original.height,
    (d * variant.height) / original.height,
  ] as const;

/** The place of the original, in shares, that lies at a place of the variant. */
function sourceOf([a, b, c, d, e, f]: Placement, x: number, y: number) {
  const determinant = a * d - b * c;
  const [right, down] = [x - e, y - f];
  return {
    x: (d * right - c * down) / determinant,
    y: (a * down - b * right) / determinant,
  };
}
