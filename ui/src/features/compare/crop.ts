// The crop tool's rectangle, as the first crop of a generator's chain.
import type { Edit, JsonValue } from '@/api/bindings';
import { at, isTable } from '@/documents/applyEdits';

/** A rectangle in percent of the upright original. */
export interface CropRect {
  x: number;
  y: number;
  width: number;
  height: number;
}

type Json = Record<string, unknown>;

/** The operations of a generator in a document. */
export function operationsOf(value: JsonValue | undefined, generator: string): Json[] {
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
export function cropOf(operations: readonly Json[]): CropRect | null {
  const [first] = operations;
  if (first?.op !== 'crop' || first.gravity !== 'north-west') return null;
  const [x, y] = [share(first.x ?? '0%'), share(first.y ?? '0%')];
  const [width, height] = [share(first.width), share(first.height)];
  if (x === null || y === null || width === null || height === null) return null;
  return { x, y, width, height };
}

/** The ratio of the chain's leading crop, as it is written, such as `16:9`. */
export function ruleRatio(operations: readonly Json[]): string | null {
  const [first] = operations;
  const aspect = first?.op === 'crop' ? first.aspect : null;
  return typeof aspect === 'string' && /^[\d.]+:[\d.]+$/.test(aspect) ? aspect : null;
}

/**
 * The edits that set the chain's leading crop, or (null) remove it. `keepsRatio`: the rectangle has
 * the ratio of the rule, which stays.
 */
export function cropEdits(
  generator: string,
  operations: readonly Json[],
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
