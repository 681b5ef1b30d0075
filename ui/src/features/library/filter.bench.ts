// What filters and orders cost with 100,000 assets: `npx vitest bench --root ui`.
import { bench, describe } from 'vitest';
import type { Asset } from '@/api/bindings';
import { type Criteria, filterAssets } from '@/assets/filter';
import { asset } from '@/testing/assets';
import { treeOf } from './folders';

const all: Criteria = {
  ...{
    search: '',
    folder: '',
    mark: null,
    formats: [],
    orientation: null,
    state: null,
    rating: null,
  },
  sort: 'path',
};

const many = Array.from({ length: 100_000 }, (_, index) =>
  asset(index, {
    path: `folder ${index % 300}/IMG_${(index * 7919) % 100_000}.jpg`,
    bytes: (index * 7919) % 977_000,
  }),
).sort((a, b) => (a.path < b.path ? -1 : 1));

/** A list with a change, as an event leaves it. */
const changed = (index: number) => many.with(index, { ...(many[index] as Asset), bytes: index });

let next = 0;

describe('100,000 assets', () => {
  bench('all, by path', () => void filterAssets(many, all));
  bench('search and orientation', () => {
    filterAssets(many, { ...all, search: 'img 77', orientation: 'landscape' });
  });
  bench('by name', () => void filterAssets(many, { ...all, sort: 'name' }));
  bench('by size', () => void filterAssets(many, { ...all, sort: 'size' }));
  bench('by name, after a change', () => {
    next += 1;
    filterAssets(changed(next), { ...all, sort: 'name' });
  });
  bench('by size, after a change', () => {
    next += 1;
    filterAssets(changed(next), { ...all, sort: 'size' });
  });
  bench('folders', () => void treeOf(many));
});
