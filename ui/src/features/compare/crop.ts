// The crop tool's rectangle: as a frame of one picture, or as the first crop of a generator's chain.
import type { CropFrame, Edit, JsonValue } from '@/api/bindings';
import { at, isTable } from '@/documents/applyEdits';
import type { Rect, Size } from './transform';

/** A rectangle in percent of the upright original. */
export interface CropRect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A step of a chain, as it is written. */
export type Operation = Record<string, unknown>;

/** The operations of a generator in a document. */
export function operationsOf(value: JsonValue | undefined, generator: string): Operation[] {
  const operations = at(value, ['generators', generator, 'operations']);
  return Array.isArray(operations) ? operations.filter(isTable) : [];
}

const share = (length: unknown): number | null => {
  const found = typeof length === 'string' ? /^(-?[\d.]+)\s*%$/.exec(length) : null;
  return found?.[1] ? Number(found[1]) : null;
};

/**
 * The rectangle of the chain's leading crop, if it has the form that this tool writes: from the upper
 * left corner, in percent.
 */
export function cropOf(operations: readonly Operation[]): CropRect | null {
  const [first] = operations;
  if (first?.op !== 'crop' || first.gravity !== 'north-west') return null;
  const [x, y] = [share(first.x ?? '0%'), share(first.y ?? '0%')];
  const [width, height] = [share(first.width), share(first.height)];
  if (x === null || y === null || width === null || height === null) return null;
  return { x, y, width, height };
}

/** The ratio of the chain's leading crop, as it is written, such as `16:9`. */
export function ruleRatio(operations: readonly Operation[]): string | null {
  const [first] = operations;
  const aspect = first?.op === 'crop' ? first.aspect : null;
  return typeof aspect === 'string' && /^[\d.]+:[\d.]+$/.test(aspect) ? aspect : null;
}

/** Whether a chain gives the picture a shape that a crop by hand keeps (see `plan/hand_crop.rs`). */
export function fixesRatio(operations: readonly Operation[]): boolean {
  return operations.some(({ op, enabled, aspect, width, height, fit }) => {
    if (enabled === false) return false;
    if (op === 'resize') return fit === 'cover' && width !== undefined && height !== undefined;
    const arePixels = typeof width === 'number' && typeof height === 'number';
    return op === 'crop' && (aspect !== undefined || arePixels);
  });
}

/** A frame, in percent. */
export const rectOf = ({ x, y, width, height }: CropFrame): CropRect => ({
  x: x * 100,
  y: y * 100,
  width: width * 100,
  height: height * 100,
});

/** A rectangle as a frame within the picture. */
export function frameOf({ x, y, width, height }: CropRect): CropFrame {
  const side = (start: number, length: number) => {
    const from = Math.min(1, Math.max(0, start / 100));
    return [from, Math.min(1 - from, length / 100)] as const;
  };
  const [left, across] = side(x, width);
  const [top, down] = side(y, height);
  return { x: left, y: top, width: across, height: down };
}

/** A part of the original in percent; null: all of it. */
export function whichPart(part: Rect | null): CropRect {
  if (!part) return { x: 0, y: 0, width: 100, height: 100 };
  const { left, top, width, height } = part;
  return rectOf({ x: left, y: top, width, height });
}

/** Whether two rectangles differ by nothing that can be seen. */
export const isSameRect = (one: CropRect, other: CropRect): boolean =>
  (['x', 'y', 'width', 'height'] as const).every(
    (side) => Math.abs(one[side] - other[side]) < 0.01,
  );

/** The largest rectangle of a ratio, centred in another. */
export function shaped(rect: CropRect, aspect: number, size: Size): CropRect {
  const relative = (aspect * size.height) / size.width;
  const width = Math.min(rect.width, rect.height * relative);
  const height = width / relative;
  return {
    x: rect.x + (rect.width - width) / 2,
    y: rect.y + (rect.height - height) / 2,
    width,
    height,
  };
}

/**
 * The edits that set the chain's leading crop, or (null) remove it. `keepsRatio`: the rectangle has
 * the ratio of the rule, which stays.
 */
export function cropEdits(
  generator: string,
  operations: readonly Operation[],
  rect: CropRect | null,
  keepsRatio = false,
): Edit[] {
  const path = ['generators', generator, 'operations'];
  const leads = operations[0]?.op === 'crop';
  const made = cropOf(operations) !== null;
  if (!rect || (rect.width >= 99.95 && rect.height >= 99.95)) {
    return made ? [{ kind: 'remove', path: [...path, 0] }] : [];
  }
  const text = (number: number) => `${Number(number.toFixed(2))}%`;
  const fields = {
    gravity: 'north-west',
    x: text(rect.x),
    y: text(rect.y),
    width: text(rect.width),
    height: text(rect.height),
  };
  if (!leads) {
    return [{ kind: 'insert', path, index: 0, value: { op: 'crop', ...fields } }];
  }
  const edits: Edit[] = Object.entries(fields).map(([key, value]) => ({
    kind: 'set',
    path: [...path, 0, key],
    value,
  }));
  if (!keepsRatio && 'aspect' in (operations[0] ?? {})) {
    edits.unshift({ kind: 'remove', path: [...path, 0, 'aspect'] });
  }
  return edits;
}
