// The one transform of the compare view: pure arithmetic.
//
// The scene is the upright original: 1 wide and `height / width` high. The variant lies in it
// where its pixels come from. The transform says where the scene stands on a pane, in CSS pixels;
// all panes have the same size and share it.

export interface Size {
  width: number;
  height: number;
}

export interface Rect extends Size {
  left: number;
  top: number;
}

/** `scale`: CSS pixels for the scene's width; `x`, `y`: the scene's corner on the pane. */
export interface Transform {
  scale: number;
  x: number;
  y: number;
}

/** Free space around a picture that fits its pane. */
const MARGIN = 20;

/** Device pixels for a pixel of the variant, at least and at most. */
const LEAST = 0.02;
const MOST = 32;

/** Where a variant lies in the scene; without `shows`, in its middle, as large as fits. */
export function place(original: Size, variant: Size, shows: readonly number[] | null): Rect {
  const height = original.height / original.width;
  const [left, top, width, share] = shows ?? [];
  if (left !== undefined && top !== undefined && width !== undefined && share !== undefined) {
    return { left, top: top * height, width, height: share * height };
  }
  const ratio = variant.height / variant.width;
  const fitted = ratio > height ? height / ratio : 1;
  return {
    left: (1 - fitted) / 2,
    top: (height - fitted * ratio) / 2,
    width: fitted,
    height: fitted * ratio,
  };
}

/** The scale at which `pixels` of the variant are as many device pixels. */
export const scaleOfWhole = (rect: Rect, pixels: number, density: number) =>
  pixels / (rect.width * density);

/** The transform that shows a rectangle of the scene whole, in the middle of a pane. */
export function fitTo(pane: Size, rect: Rect, pixels: number, density: number): Transform {
  const room = (side: number) => Math.max(16, side - 2 * MARGIN);
  const largest = Math.min(room(pane.width) / rect.width, room(pane.height) / rect.height);
  // What is small stays small, so that it is seen as it is; what is tiny is enlarged.
  const enlarged = Math.max(1, Math.min(8, Math.floor(256 / pixels)));
  const scale = Math.min(largest, scaleOfWhole(rect, pixels, density) * enlarged);
  return centred(pane, rect, scale);
}

/** The transform of this scale with a rectangle of the scene in the middle of a pane. */
export function centred(pane: Size, rect: Rect, scale: number): Transform {
  return {
    scale,
    x: pane.width / 2 - (rect.left + rect.width / 2) * scale,
    y: pane.height / 2 - (rect.top + rect.height / 2) * scale,
  };
}

/** Another scale, with the point of the scene under (x, y) staying there. */
export function zoomAt(former: Transform, scale: number, x: number, y: number): Transform {
  const by = scale / former.scale;
  return { scale, x: x - (x - former.x) * by, y: y - (y - former.y) * by };
}

/** A scale within what is of use for a variant of `pixels`. */
export function within(scale: number, rect: Rect, pixels: number, density: number): number {
  const whole = scaleOfWhole(rect, pixels, density);
  return Math.min(whole * MOST, Math.max(whole * LEAST, scale));
}

/** Where a rectangle of the scene stands on the pane, in CSS pixels. */
export const onPane = ({ scale, x, y }: Transform, rect: Rect): Rect => ({
  left: x + rect.left * scale,
  top: y + rect.top * scale,
  width: rect.width * scale,
  height: rect.height * scale,
});

/** The steps of sizes in which originals are asked for, in pixels of the longer side. */
const STEPS = [1024, 2048, 4096];

/** The step that serves a scale; 0: the full size. */
export function step(original: Size, scale: number, density: number): number {
  const needed = scale * density * Math.max(1, original.height / original.width);
  const longer = Math.max(original.width, original.height);
  return STEPS.find((pixels) => pixels >= Math.min(needed, longer)) ?? 0;
}
