// Groups the variants of a sheet by generator.
import type { Sheet, SheetVariant } from '@/api/bindings';
import { generatorKey } from '@/state/view';

export interface VariantGroup {
  file: string;
  generator: string;
  variants: SheetVariant[];
}

export function groupsOf({ variants }: Pick<Sheet, 'variants'>): VariantGroup[] {
  const groups: VariantGroup[] = [];
  const known = new Map<string, VariantGroup>();
  for (const variant of variants) {
    const { file, generator } = variant;
    const key = generatorKey(variant);
    let group = known.get(key);
    if (!group) {
      group = { file, generator, variants: [] };
      known.set(key, group);
      groups.push(group);
    }
    group.variants.push(variant);
  }
  return groups;
}

export const variantKey = ({ file, generator, variation, format }: SheetVariant) =>
  [file, generator, variation, format].join('\n');

/** The share of the original's bytes, in percent: `4.2`, `38`. */
export function percentOf(bytes: number, original: number): string {
  const percent = (100 * bytes) / Math.max(1, original);
  return percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0);
}
