import { expect, test } from 'vitest';
import { asset } from '@/testing/assets';
import { linesOf, treeOf } from './folders';

const at = (id: number, path: string, marks: string[] = []) => asset(id, { path, marks });
const tree = treeOf([
  at(1, 'a.jpg'),
  at(2, 'b/10/x.jpg', ['favourite']),
  at(3, 'b/2/x.jpg', ['favourite', 'web']),
  at(4, 'b/y.jpg'),
  at(5, 'bc/z.jpg'),
]);

test('counts what is in a folder and below', () => {
  expect(tree.count).toBe(5);
  expect(tree.folders.map(({ path, count }) => [path, count])).toEqual([
    ['b', 3],
    ['bc', 1],
  ]);
  expect(tree.folders[0]?.folders.map(({ name, count }) => [name, count])).toEqual([
    ['2', 1],
    ['10', 1],
  ]);
  expect(tree.marks).toEqual([
    { mark: 'favourite', count: 2 },
    { mark: 'web', count: 1 },
  ]);
});

test('shows what is open, with its place among its siblings', () => {
  const closed = linesOf(tree, () => false);
  expect(closed.map(({ key }) => key)).toEqual(['all', 'folder:b', 'folder:bc', 'marks']);
  expect(closed.map(({ place, siblings }) => [place, siblings])).toEqual([
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 4],
  ]);
  expect(closed[1]?.open).toBe(false);
  expect(closed[2]?.open).toBeNull();
  const open = linesOf(tree, (key) => key === 'folder:b' || key === 'marks');
  expect(open.map(({ key }) => key)).toEqual([
    ...['all', 'folder:b', 'folder:b/2', 'folder:b/10', 'folder:bc'],
    ...['marks', 'mark:favourite', 'mark:web'],
  ]);
  expect(open[3]).toMatchObject({ level: 2, place: 2, siblings: 2, parent: 'folder:b' });
});

test('a workspace without folders and marks has one line', () => {
  expect(linesOf(treeOf([at(1, 'a.jpg')]), () => true)).toHaveLength(1);
});
