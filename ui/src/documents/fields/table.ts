// What the schema does not say: icons of operations, the order of their fields, and practical ranges of
// sliders. The fields accept the whole range of the schema.
import {
  Blend,
  Circle,
  CircleSlash2,
  Contrast,
  Crop,
  Droplets,
  Expand,
  Feather,
  FlipHorizontal2,
  Frame,
  Grid3x3,
  Images,
  type LucideIcon,
  PaintBucket,
  PaintRoller,
  Palette,
  RotateCw,
  Scaling,
  Scissors,
  Sparkles,
  SquareRoundCorner,
  Sun,
  SunMoon,
  Type,
} from 'lucide-react';
import type { JsonValue } from '@/api/bindings';

export const icons: Record<string, LucideIcon> = {
  trim: Scissors,
  crop: Crop,
  resize: Scaling,
  extend: Expand,
  pad: Frame,
  rotate: RotateCw,
  flip: FlipHorizontal2,
  flatten: PaintBucket,
  text: Type,
  overlay: Images,
  blur: Droplets,
  sharpen: Sparkles,
  pixelate: Grid3x3,
  brightness: Sun,
  contrast: Contrast,
  saturation: Palette,
  gamma: SunMoon,
  grayscale: Circle,
  sepia: Feather,
  duotone: Blend,
  colorize: PaintRoller,
  invert: CircleSlash2,
  round_corners: SquareRoundCorner,
};

/** The order of keys in the form; other keys follow. */
export const order: Record<string, string[]> = {
  trim: ['threshold', 'background'],
  crop: ['aspect', 'width', 'height', 'gravity', 'x', 'y'],
  resize: [
    'fit',
    'width',
    'height',
    'gravity',
    'background',
    'enlarge',
    'undersized',
    'dpr',
    'min_width',
    'min_height',
    'kernel',
  ],
  extend: ['aspect', 'width', 'height', 'gravity', 'x', 'y', 'background'],
  pad: ['all', 'top', 'right', 'bottom', 'left', 'background'],
  text: [
    'text',
    'font',
    'size',
    'color',
    'background',
    'padding',
    'gravity',
    'x',
    'y',
    'width',
    'align',
    'line_spacing',
    'opacity',
    'on_missing_font',
    'on_missing_glyph',
  ],
  overlay: ['image', 'scale', 'opacity', 'gravity', 'x', 'y', 'tile', 'blend'],
  sharpen: ['sigma', 'jagged', 'flat'],
  duotone: ['shadows', 'highlights', 'amount'],
  source: ['auto_orient', 'page', 'frames', 'density', 'subsample', 'exposure', 'tone', 'damaged'],
  subsample: ['width', 'height', 'memory', 'fail_if_unsupported'],
  match: [
    'path',
    'exclude',
    'format',
    'orientation',
    'min_width',
    'max_width',
    'min_height',
    'max_height',
    'alpha',
    'animated',
  ],
  output: [
    'format',
    'quality',
    'effort',
    'lossless',
    'max_bytes',
    'target_score',
    'never_larger',
    'progressive',
    'chroma',
    'palette',
    'metadata',
    'color',
    'density',
    'depth',
    'sizes',
  ],
};

/** The range of a slider. */
export interface Range {
  min: number;
  max: number;
  step: number;
  unit?: string;
  /** The position of the slider while there is neither a value nor a default. */
  start?: number;
}

const px = (min: number, max: number, step = 1): Range => ({ min, max, step, unit: 'px' });
const share: Range = { min: 0, max: 1, step: 0.01 };
const percent = (min: number): Range => ({ min, max: 100, step: 1, unit: '%' });
const side: Range = { ...px(1, 4096), start: 1200 };

/** By `table.key`; lengths in pixels. */
export const ranges: Record<string, Range> = {
  'trim.threshold': { min: 0, max: 100, step: 1 },
  'crop.width': side,
  'crop.height': side,
  'crop.x': px(-1000, 1000),
  'crop.y': px(-1000, 1000),
  'resize.width': side,
  'resize.height': side,
  'resize.min_width': side,
  'resize.min_height': side,
  'resize.dpr': { min: 0.5, max: 4, step: 0.25, unit: '×' },
  'extend.width': side,
  'extend.height': side,
  'extend.x': px(-1000, 1000),
  'extend.y': px(-1000, 1000),
  'pad.all': px(0, 400),
  'pad.top': px(0, 400),
  'pad.right': px(0, 400),
  'pad.bottom': px(0, 400),
  'pad.left': px(0, 400),
  'rotate.angle': { min: -180, max: 180, step: 0.5, unit: '°' },
  'text.size': px(6, 300),
  'text.width': side,
  'text.x': px(-1000, 1000),
  'text.y': px(-1000, 1000),
  'text.padding': px(0, 200),
  'text.line_spacing': px(-50, 200),
  'text.opacity': share,
  'overlay.scale': { min: 0.01, max: 1, step: 0.01, unit: '×', start: 0.25 },
  'overlay.opacity': share,
  'overlay.x': px(-1000, 1000),
  'overlay.y': px(-1000, 1000),
  'blur.sigma': px(0, 60, 0.5),
  'sharpen.sigma': px(0, 5, 0.1),
  'sharpen.flat': { min: 0, max: 10, step: 0.1 },
  'sharpen.jagged': { min: 0, max: 20, step: 0.1 },
  'pixelate.size': px(1, 200),
  'brightness.amount': percent(-100),
  'contrast.amount': percent(-100),
  'saturation.amount': percent(-100),
  'gamma.value': { min: 0.2, max: 4, step: 0.05 },
  'grayscale.amount': percent(0),
  'sepia.amount': percent(0),
  'duotone.amount': percent(0),
  'colorize.opacity': share,
  'round_corners.radius': px(0, 400),
  'source.page': { min: 0, max: 50, step: 1 },
  'source.exposure': { min: -10, max: 10, step: 0.1, start: 0 },
  'source.density': { min: 36, max: 600, step: 1, unit: 'dpi' },
  'subsample.width': side,
  'subsample.height': side,
  'subsample.memory': { min: 1e6, max: 5e8, step: 1e6, unit: 'B', start: 2e7 },
  'match.min_width': { ...px(0, 8000, 10), start: 0 },
  'match.max_width': { ...px(0, 8000, 10), start: 8000 },
  'match.min_height': { ...px(0, 8000, 10), start: 0 },
  'match.max_height': { ...px(0, 8000, 10), start: 8000 },
  'output.quality': { min: 1, max: 100, step: 1, start: 80 },
  'output.density': { min: 36, max: 1200, step: 1, unit: 'dpi', start: 300 },
  'output.effort': { min: 0, max: 9, step: 1, start: 4 },
  'output.max_bytes': { min: 1000, max: 2_000_000, step: 1000, unit: 'B', start: 300_000 },
  'output.target_score': { min: 30, max: 100, step: 1, start: 80 },
};

/** The fields under 'More', unless they are set. */
export const rare: Record<string, string[]> = {
  resize: ['dpr', 'min_width', 'min_height', 'kernel'],
  pad: ['top', 'right', 'bottom', 'left'],
  text: ['align', 'line_spacing', 'width', 'on_missing_font', 'on_missing_glyph'],
  overlay: ['blend'],
  source: ['exposure', 'tone', 'damaged'],
  match: ['exclude', 'max_width', 'max_height', 'min_height', 'alpha', 'animated'],
  output: [
    'never_larger',
    'progressive',
    'chroma',
    'palette',
    'color',
    'density',
    'depth',
    'sizes',
  ],
};

/** Sorts fields in the order of the form. */
export function inOrder<F extends { key: string }>(table: string, fields: readonly F[]): F[] {
  const keys = order[table] ?? [];
  const place = (field: F) => {
    const index = keys.indexOf(field.key);
    return index < 0 ? keys.length : index;
  };
  return [...fields].sort((a, b) => place(a) - place(b));
}

/** The fits of a resize that look at a field; of other fields, all do. */
const FITS: Record<string, readonly string[]> = {
  gravity: ['cover', 'contain', 'auto'],
  background: ['contain'],
};

/** Whether a field changes anything beside the values of the others. */
export function hasEffect(
  table: string,
  key: string,
  values: { [key: string]: JsonValue },
): boolean {
  // A text has a margin where it has a box.
  if (table === 'text' && key === 'padding') return values.background !== undefined;
  const fits = table === 'resize' ? FITS[key] : undefined;
  return !fits || fits.includes(typeof values.fit === 'string' ? values.fit : 'inside');
}
