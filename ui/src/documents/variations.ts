// The sizes of a generator: its widths, or its own size where it has none; then its themes'.
import type { GeneratorInfo } from '@/api/bindings';
import type { Option } from '@/components/Select';

type Sizes = Pick<GeneratorInfo, 'variations'>;

/** Stands for the generator's own size, which has no name; widths are numbers, themes' have a `/`. */
const OWN = 'own';

/** Null: the generator's own size, which comes first. */
export function variationsOf({ variations }: Sizes): (string | null)[] {
  const hasWidths = variations.some((name) => !name.includes('/'));
  return hasWidths ? variations : [null, ...variations];
}

/** What there is to choose from; `own` is the word for the size without a name. */
export const variationOptions = (info: Sizes, own: string): Option<string>[] =>
  variationsOf(info).map((name) => ({ value: name ?? OWN, label: name ?? own }));

/** The chosen one among the options; null is the first, as the program takes it. */
export const optionOf = (info: Sizes, variation: string | null): string =>
  variation ?? variationsOf(info)[0] ?? OWN;

export const variationOf = (option: string): string | null => (option === OWN ? null : option);

/** A theme's sizes as its file has them; one that the program has not told of yet is the last. */
export function inOrder<T>(sizes: Record<string, T>, order: readonly string[]): [string, T][] {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(sizes).sort(([one], [other]) => place(one) - place(other));
}
