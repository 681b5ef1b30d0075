import { expect, test } from 'vitest';
import type { Asset } from '@/api/bindings';
import { asset as assetOf } from '@/testing/assets';
import { type Criteria, filterAssets, formatOf, indexStates, isFiltered } from './filter';

const all: Criteria = {
  search: '',
  folder: '',
  mark: null,
  formats: [],
  orientation: null,
  state: null,
  rating: null,
  sort: 'path',
};

let next = 1;
const asset = (
  path: string,
  more: Partial<Asset> = {},
  [width, height]: [number, number] = [30, 20],
) =>
  assetOf(next++, {
    path,
    bytes: 100,
    changed_ms: 0,
    state: {
      kind: 'ready',
      format: path.endsWith('png') ? 'png' : 'jpeg',
      width,
      height,
      frames: 1,
      alpha: false,
    },
    ...more,
  });

const assets = [
  asset('a/lake 10.jpg', { bytes: 5, changed_ms: 3 }),
  asset('a/lake 2.jpg', { bytes: 9, changed_ms: 1, marks: ['favourite'] }, [20, 30]),
  asset('ab/Sea.png', { bytes: 7, changed_ms: 2 }, [20, 20]),
  asset('broken.webp', { state: { kind: 'unreadable', code: 'unreadable', message: 'No.' } }),
  asset('wait.JPG', { state: { kind: 'waiting' } }),
];
const [ten, two, sea, broken] = assets.map(({ id }) => id) as [number, number, number, number];
const paths = (change: Partial<Criteria>, states?: Parameters<typeof filterAssets>[2]) =>
  filterAssets(assets, { ...all, ...change }, states).assets.map(({ path }) => path);

test('searches names and folders, by several words, whatever the case', () => {
  expect(paths({ search: 'LAKE' })).toEqual(['a/lake 10.jpg', 'a/lake 2.jpg']);
  expect(paths({ search: ' ab  sea ' })).toEqual(['ab/Sea.png']);
  expect(paths({ search: 'lake sea' })).toEqual([]);
});

test('finds a name however its accents are written', () => {
  const accents = ['caf\u00e9.jpg', 'cafe\u0301.jpg'].map((path) => asset(path));
  for (const search of ['CAF\u00c9', 'cafe\u0301']) {
    expect(filterAssets(accents, { ...all, search }).assets).toHaveLength(2);
  }
});

test('a folder holds what is below it, and nothing that only begins like it', () => {
  expect(paths({ folder: 'a' })).toEqual(['a/lake 10.jpg', 'a/lake 2.jpg']);
});

test('filters by mark, orientation and format', () => {
  expect(paths({ mark: 'favourite' })).toEqual(['a/lake 2.jpg']);
  expect(paths({ orientation: 'square' })).toEqual(['ab/Sea.png']);
  expect(paths({ orientation: 'portrait' })).toEqual(['a/lake 2.jpg']);
  expect(paths({ formats: ['png', 'webp'] })).toEqual(['ab/Sea.png', 'broken.webp']);
});

test('filters by rating: so many stars or more', () => {
  const rated = [null, 1, 3, 5].map((rating, id) => assetOf(id, { rating }));
  const ids = (rating: number | null) => filterAssets(rated, { ...all, rating }).ids;
  expect(ids(null)).toEqual([0, 1, 2, 3]);
  expect(ids(3)).toEqual([2, 3]);
  expect(isFiltered({ ...all, rating: 3 })).toBe(true);
});

test('counts formats as if none were filterOnce', () => {
  const { formats } = filterAssets(assets, { ...all, folder: 'a', formats: ['png'] });
  expect([...formats]).toEqual([['jpeg', 2]]);
});

test('filters by state; what cannot be read has failed', () => {
  const states = indexStates({ missing: [ten, two], stale: [two], failed: [sea], complete: true });
  expect(paths({ state: 'missing' }, states)).toEqual(['a/lake 10.jpg', 'a/lake 2.jpg']);
  expect(paths({ state: 'failed' }, states)).toEqual(['ab/Sea.png', 'broken.webp']);
  expect(states.of.get(two)).toBe('stale');
});

test('sorts names in natural order, and numbers from the top', () => {
  expect(paths({ sort: 'name', search: 'a/' })).toEqual(['a/lake 2.jpg', 'a/lake 10.jpg']);
  expect(paths({ sort: 'size', formats: ['jpeg', 'png'] }).at(0)).toBe('wait.JPG');
  expect(paths({ sort: 'changed' }).slice(0, 3)).toEqual([
    'a/lake 10.jpg',
    'ab/Sea.png',
    'a/lake 2.jpg',
  ]);
});

test('knows where each asset stands', () => {
  const shown = filterAssets(assets, { ...all, search: '.webp' });
  expect(shown.ids).toEqual([broken]);
  expect(shown.places.get(broken)).toBe(0);
  expect(shown.places.has(sea)).toBe(false);
});

test('takes the extension until the header is read', () => {
  expect(formatOf(assets[4] as Asset)).toBe('jpeg');
});

test('a folder is a place and no filter', () => {
  expect(isFiltered({ ...all, folder: 'a', mark: 'x' })).toBe(false);
  expect(isFiltered({ ...all, search: ' ' })).toBe(false);
  expect(isFiltered({ ...all, search: 'x' })).toBe(true);
});
