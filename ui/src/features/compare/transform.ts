// The transform of the compare view: pure arithmetic.
//
// The scene is the upright original, 1 wide and `height / width` high. A variant lies in it where its
// pixels come from. The transform maps the scene to a pane, in CSS pixels; all panes have the same size
// and share it.

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

/** The margin around a fitted picture, in CSS pixels. */
const MARGIN = 20;

/** The least and the greatest zoom, in device pixels for a pixel of the variant. */
const LEAST = 0.02;
const MOST = 32;

/** The scale at which `pixels` of the variant are as many device pixels. */
export const scaleOfWhole = (rect: Rect, pixels: number, density: number) =>
  pixels / (rect.width * density);

/** The transform that fits a rectangle of the scene into a pane, centred. */
export function fitTo(pane: Size, rect: Rect, pixels: number, density: number): Transform {
  const room = (side: number) => Math.max(16, side - 2 * MARGIN);
  const largest = Math.min(room(pane.width) / rect.width, room(pane.height) / rect.height);
  // Small pictures keep their size, tiny ones are enlarged.
  const enlarged = Math.max(1, Math.min(8, Math.floor(256 / pixels)));
  const scale = Math.min(largest, scaleOfWhole(rect, pixels, density) * enlarged);
  return centred(pane, rect, scale);
}

/** The transform of this scale that centres a rectangle of the scene in a pane. */
export function centred(pane: Size, rect: Rect, scale: number): Transform {
  return {
    scale,
    x: pane.width / 2 - (rect.left + rect.width / 2) * scale,
    y: pane.height / 2 - (rect.top + rect.height / 2) * scale,
  };
}

/** Changes the scale and keeps the point of the scene under (x, y). */
export function zoomAt(former: Transform, scale: number, x: number, y: number): Transform {
  const by = scale / former.scale;
  return { scale, x: x - (x - former.x) * by, y: y - (y - former.y) * by };
}

/** Limits a scale to the zoom range, for a variant of `pixels`. */
export function within(scale: number, rect: Rect, pixels: number, density: number): number {
  const whole = scaleOfWhole(rect, pixels, density);
  return Math.min(whole * MOST, Math.max(whole * LEAST, scale));
}

/** Maps a rectangle of the scene to the pane, in CSS pixels. */
export const onPane = ({ scale, x, y }: Transform, rect: Rect): Rect => ({
  left: x + rect.left * scale,
  top: y + rect.top * scale,
  width: rect.width * scale,
  height: rect.height * scale,
});

/** The sizes in which originals are requested, in pixels of the longer side. */
const STEPS = [1024, 2048, 4096];

/** The size to request for a scale; 0: the full size. */
export function step(original: Size, scale: number, density: number): number {
  const needed = scale * density * Math.max(1, original.height / original.width);
  const longer = Math.max(original.width, original.height);
  return STEPS.find((pixels) => pixels >= Math.min(needed, longer)) ?? 0;
}
