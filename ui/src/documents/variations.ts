// The variations of a generator: its widths, or else its own size; then those of its themes.
import type { GeneratorInfo, JsonValue } from '@/api/bindings';
import type { Option } from '@/components/Select';
import { at, isTable } from './applyEdits';

type Sizes = Pick<GeneratorInfo, 'variations'>;

/** The option for the generator's own size, which has no name. */
const OWN = 'own';

/** The names of the variations; null: the generator's own size, which comes first. */
export function variationsOf({ variations }: Sizes): (string | null)[] {
  const hasWidths = variations.some((name) => !name.includes('/'));
  return hasWidths ? variations : [null, ...variations];
}

/** Options for a select; `own` is the label of the size without a name. */
export const variationOptions = (info: Sizes, own: string): Option<string>[] =>
  variationsOf(info).map((name) => ({ value: name ?? OWN, label: name ?? own }));

/** The option of a variation; null is the first one, as in the program. */
export const optionOf = (info: Sizes, variation: string | null): string =>
  variation ?? variationsOf(info)[0] ?? OWN;

export const variationOf = (option: string): string | null => (option === OWN ? null : option);

/** A theme's sizes in the order of its file; new ones, which the program has not listed yet, last. */
export function inOrder<T>(sizes: Record<string, T>, order: readonly string[]): [string, T][] {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(sizes).sort(([one], [other]) => place(one) - place(other));
}

/** Whether themes can vary a generator: only one that resizes has a size to change. */
export function canVary(document: JsonValue | undefined, generator: string): boolean {
  const operations = at(document, ['generators', generator, 'operations']);
  const resizes = (step: JsonValue) => isTable(step) && step.op === 'resize';
  return Array.isArray(operations) && operations.some(resizes);
}

/** The names of the sizes that a document's themes give to a generator. */
export function themeSizesOf(document: JsonValue | undefined, generator: string): string[] {
  const themes = at(document, ['themes']);
  return Object.values(isTable(themes) ? themes : {}).flatMap((theme) => {
    if (!isTable(theme) || theme.generator !== generator) return [];
    return Object.keys(isTable(theme.variations) ? theme.variations : {});
  });
}
