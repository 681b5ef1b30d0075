// The difference between a variant and the part of the original that it shows, pixel by pixel.
import { type Placement, underVariant } from './placement';
import type { Size } from './transform';

/** What is shown of the difference: its brightness, all channels, or one of them. */
export const CHANNELS = ['grey', 'color', 'red', 'green', 'blue'] as const;
export type Channels = (typeof CHANNELS)[number];

/** What a difference is multiplied by, so that one channel is left. */
const ONLY: Partial<Record<Channels, string>> = { red: '#f00', green: '#0f0', blue: '#00f' };

/** The most pixels that are compared; larger variants are reduced first. */
const MOST_PIXELS = 16e6;

/** The original and the variant on black, both in the variant's pixels. */
export interface Overlay {
  size: Size;
  original: CanvasRenderingContext2D;
  variant: CanvasRenderingContext2D;
}

/** Levels of red, green and blue, 0 to 255. */
export type Levels = readonly [number, number, number];

/** The size of the whole original in the scale of the variant, on its longer side; 0: as it is. */
export function originalPixels(original: Size, variant: Size, width: number): number {
  const compared = comparedSize(variant);
  const across = compared.width / width;
  const pixels = Math.round(across * Math.max(1, original.height / original.width));
  return pixels >= Math.max(original.width, original.height) ? 0 : Math.max(1, pixels);
}

export function comparedSize({ width, height }: Size): Size {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Loads the pixels of a picture. */
export async function loadPixels(url: string, signal: AbortSignal): Promise<ImageBitmap> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(await response.text());
  return createImageBitmap(await response.blob());
}

function blank({ width, height }: Size): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.fillRect(0, 0, width, height);
  return context;
}

/** Lays a variant over its original. Where the variant shows nothing of it, both are black. */
export function overlay(original: ImageBitmap, variant: ImageBitmap, placement: Placement) {
  const size = comparedSize(variant);
  const [under, over] = [blank(size), blank(size)];
  const matrix = underVariant(original, size, placement).map(nearWhole);
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = matrix;
  under.imageSmoothingQuality = 'high';
  under.setTransform(a, b, c, d, e, f);
  under.drawImage(original, 0, 0);
  over.setTransform(a, b, c, d, e, f);
  over.beginPath();
  over.rect(0, 0, original.width, original.height);
  over.resetTransform();
  over.clip();
  over.drawImage(variant, 0, 0, size.width, size.height);
  return { size, original: under, variant: over } satisfies Overlay;
}

/** What rounding has moved off the pixels goes back: they are not mixed then. */
const nearWhole = (value: number) =>
  Math.abs(value - Math.round(value)) < 1e-4 ? Math.round(value) : value;

/** Draws the difference. */
export function drawDifference(canvas: HTMLCanvasElement, laid: Overlay, channels: Channels) {
  const { width, height } = laid.size;
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  context.drawImage(laid.original.canvas, 0, 0);
  context.globalCompositeOperation = 'difference';
  context.drawImage(laid.variant.canvas, 0, 0);
  const only = ONLY[channels];
  if (!only) return;
  context.globalCompositeOperation = 'multiply';
  context.fillStyle = only;
  context.fillRect(0, 0, width, height);
}

/** The levels of both pictures at a pixel of the variant; null: it is outside. */
export function levelsAt(laid: Overlay, x: number, y: number) {
  const { width, height } = laid.size;
  if (x < 0 || y < 0 || x >= width || y >= height) return null;
  const read = (context: CanvasRenderingContext2D): Levels => {
    const [red = 0, green = 0, blue = 0] = context.getImageData(x, y, 1, 1).data;
    return [red, green, blue];
  };
  return { original: read(laid.original), variant: read(laid.variant) };
}

/** Rows that are read at once. */
const ROWS = 256;

/** The largest and the mean difference of all channels, in levels. */
export function extent(laid: Overlay): { largest: number; mean: number } {
  const { width, height } = laid.size;
  let [largest, sum] = [0, 0];
  for (let top = 0; top < height; top += ROWS) {
    const rows = Math.min(ROWS, height - top);
    const one = laid.original.getImageData(0, top, width, rows).data;
    const other = laid.variant.getImageData(0, top, width, rows).data;
    for (let index = 0; index < one.length; index += 1) {
      // Alpha is the same everywhere.
      const by = Math.abs((one[index] ?? 0) - (other[index] ?? 0));
      sum += by;
      if (by > largest) largest = by;
    }
  }
  return { largest, mean: sum / (width * height * 3) };
}
