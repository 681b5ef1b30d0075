import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Asset } from '@/api/bindings';
import { assetsQuery } from '@/api/queries';
import { useNotices } from '@/state/notices';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { assets } from '@/testing/assets';
import { libraryClient } from '@/testing/library';
import { neighbour, useRemovedAssets } from './removedAssets';
import '@/text';

function Probe() {
  useRemovedAssets();
  return null;
}

function show(list: Asset[]) {
  const client = libraryClient(list);
  render(
    <QueryClientProvider client={client}>
      <Probe />
    </QueryClientProvider>,
  );
  // The news come with the next turn.
  return (now: Asset[], complete = true) =>
    act(async () => {
      client.setQueryData(assetsQuery.queryKey, { assets: now, complete });
      await new Promise((done) => setTimeout(done, 5));
    });
}

const without = (...gone: number[]) => assets(6).filter(({ id }) => !gone.includes(id));
const selection = () => {
  const { ids, focus, anchor } = useSelection.getState();
  return { ids: [...ids], focus, anchor };
};

beforeEach(() => {
  useView.setState(initialView);
  useSelection.getState().clear();
  useNotices.setState({ notices: [] });
});
afterEach(cleanup);

test.each([
  [[1, 2, 3, 4], 2, [1, 3, 4], 3],
  [[1, 2, 3, 4], 4, [1, 2], 2],
  [[1, 2], 9, [1, 2], null],
  [[1], 1, [], null],
])('in %s, without %s, of %s: %s', (order, gone, there, expected) => {
  expect(neighbour(order, gone, (id) => there.includes(id))).toBe(expected);
});

test('the focus goes to the next one, and what is gone is selected no more', async () => {
  const tell = show(assets(6));
  act(() => useSelection.getState().set([1, 2, 4], 2, 1));
  await tell(without(2, 4));
  expect(selection()).toEqual({ ids: [1], focus: 3, anchor: 1 });
  expect(useNotices.getState().notices).toEqual([]);
});

test('a notice is shown where the removed asset was shown', async () => {
  const tell = show(assets(6));
  act(() => {
    useView.setState({ current: 'compare' });
    useSelection.getState().set([5], 5, 5);
  });
  await tell(without(5));
  expect(selection()).toEqual({ ids: [], focus: 4, anchor: 4 });
  const [notice] = useNotices.getState().notices;
  expect(notice?.message).toContain('photos/image 000005.jpg');
});

test('while a folder is being listed, nothing is taken for gone', async () => {
  const tell = show(assets(6));
  act(() => useSelection.getState().set([5], 5, 5));
  await tell(without(5), false);
  expect(selection().focus).toBe(5);
  await tell(assets(6));
  expect(selection()).toEqual({ ids: [5], focus: 5, anchor: 5 });
});
