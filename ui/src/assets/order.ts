// Sorts assets. Each order is computed once for a list, starting from the former list's order, which
// is nearly right already.
import type { Asset } from '@/api/bindings';
import type { Sort } from '@/state/view';

type Order = Exclude<Sort, 'path'>;

const made = new WeakMap<readonly Asset[], Partial<Record<Order, readonly Asset[]>>>();
let latest: { order: Order; assets: readonly Asset[] } | null = null;

/** Sorts the assets; equal ones stay in the order of their paths. */
export function ordered(assets: readonly Asset[], sort: Sort): readonly Asset[] {
  if (sort === 'path') return assets;
  const known = made.get(assets) ?? {};
  made.set(assets, known);
  known[sort] ??= sort === 'name' ? byName(assets) : byNumber(assets, numbers[sort]);
  const sorted = known[sort];
  latest = { order: sort, assets: sorted };
  return sorted;
}

const numbers = {
  changed: (asset: Asset) => asset.changed_ms,
  size: (asset: Asset) => asset.bytes,
};

const BITS = 16;
const DIGITS = 1 << BITS;

/** Sorts from the largest to the smallest by radix: comparing pairs takes far longer. */
function byNumber(assets: readonly Asset[], number: (asset: Asset) => number): Asset[] {
  const keys = Float64Array.from(assets, number);
  const most = keys.reduce((a, b) => Math.max(a, b), 0);
  const least = keys.reduce((a, b) => Math.min(a, b), most);
  let order = Uint32Array.from(keys.keys());
  let other = new Uint32Array(keys.length);
  for (let unit = 1; unit <= most - least; unit *= DIGITS) {
    const digit = (index: number) => Math.floor((most - (keys[index] ?? 0)) / unit) % DIGITS;
    const starts = new Uint32Array(DIGITS + 1);
    for (const index of order) starts[digit(index) + 1] = (starts[digit(index) + 1] ?? 0) + 1;
    for (let at = 1; at <= DIGITS; at += 1) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
    for (const index of order) {
      const place = starts[digit(index)] ?? 0;
      starts[digit(index)] = place + 1;
      other[place] = index;
    }
    [order, other] = [other, order];
  }
  return Array.from(order, (index) => assets[index] as Asset);
}

function byName(assets: readonly Asset[]): Asset[] {
  const sorted = [...nearly(assets)];
  const keyed = sorted.map((asset) => ({ asset, key: nameKey(asset) }));
  keyed.sort((a, b) => {
    if (a.key !== b.key) return a.key < b.key ? -1 : 1;
    return a.asset.path < b.asset.path ? -1 : 1;
  });
  return keyed.map(({ asset }) => asset);
}

/** The assets in their former order, new ones last. */
function nearly(assets: readonly Asset[]): Iterable<Asset> {
  if (latest?.order !== 'name') return assets;
  const left = new Map(assets.map((asset) => [asset.id, asset]));
  const sorted: Asset[] = [];
  for (const { id } of latest.assets) {
    const asset = left.get(id);
    if (asset && left.delete(id)) sorted.push(asset);
  }
  for (const asset of left.values()) sorted.push(asset);
  return sorted;
}

/** The sort keys by path; they never change. */
const nameKeys = new Map<string, string>();
const MOST_KEYS = 300_000;

/** The key for a natural order: `image 2` before `image 10`. */
function nameKey({ path }: Asset): string {
  const known = nameKeys.get(path);
  if (known !== undefined) return known;
  const key = path
    .slice(path.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/\d+/g, (digits) => digits.padStart(10, '0'));
  if (nameKeys.size >= MOST_KEYS) nameKeys.clear();
  nameKeys.set(path, key);
  return key;
}
