import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Asset, MatrixCell, PresetFile } from '@/api/bindings';
import { assetsQuery, presetsQuery } from '@/api/queries';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { assets } from '@/testing/assets';
import { libraryClient } from '@/testing/library';
import { useInitialAsset } from './initialAsset';

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock('@/api/rpc', async (original) => ({
  ...(await original<typeof import('@/api/rpc')>()),
  call,
}));

const active = { file: 'web', generator: 'hero', variation: null, format: null };
const cell = (change: Partial<MatrixCell>): MatrixCell => ({
  ...{ file: 'web', generator: 'hero', state: 'missing', total: 1, ready: 0, url: null },
  ...{ fault: null },
  ...change,
});

function Probe() {
  useInitialAsset();
  return null;
}

function show(list: Asset[], { complete = true, generators = true } = {}) {
  const client = libraryClient(list, { complete });
  client.setQueryData(presetsQuery.queryKey, [
    { file: 'web', generators: generators ? [{ name: 'hero' }] : [] } as unknown as PresetFile,
  ]);
  render(
    <QueryClientProvider client={client}>
      <Probe />
    </QueryClientProvider>,
  );
  return client;
}

const answer = (rows: [number, MatrixCell[]][]) =>
  call.mockResolvedValue({ rows: rows.map(([asset, cells]) => ({ asset, cells })) });
const focus = () => useSelection.getState().focus;

beforeEach(() => {
  call.mockReset();
  useView.setState({ ...initialView, active });
  useSelection.getState().clear();
});
afterEach(cleanup);

test('the first asset that the generator takes comes into focus, and is not selected', async () => {
  answer([
    [0, [cell({ generator: 'card' })]],
    [1, [cell({ state: 'failed' })]],
    [2, [cell({})]],
    [3, [cell({})]],
  ]);
  show(assets(5));
  await waitFor(() => expect(focus()).toBe(2));
  expect(useSelection.getState().ids.size).toBe(0);
  expect(call).toHaveBeenCalledWith('matrix', { assets: [0, 1, 2, 3, 4], files: ['web'] });
});

test('where it takes none, and where there is no generator, it is the first readable one', async () => {
  const unreadable = { kind: 'unreadable', message: 'Torn.' } as unknown as Asset['state'];
  const list = assets(3).map((one, place) => (place === 0 ? { ...one, state: unreadable } : one));
  answer([]);
  show(list);
  await waitFor(() => expect(focus()).toBe(1));
  cleanup();
  useSelection.getState().clear();
  useView.setState({ active: null });
  call.mockClear();
  show(list, { generators: false });
  await waitFor(() => expect(focus()).toBe(1));
  expect(call).not.toHaveBeenCalled();
});

test('a generator that becomes known a moment later still counts', async () => {
  answer([[2, [cell({})]]]);
  useView.setState({ active: null });
  const client = show(assets(4), { generators: false });
  await waitFor(() => expect(focus()).toBe(0));
  act(() => {
    client.setQueryData(presetsQuery.queryKey, [
      { file: 'web', generators: [{ name: 'hero' }] } as unknown as PresetFile,
    ]);
    useView.setState({ active });
  });
  await waitFor(() => expect(focus()).toBe(2));
  // From then on the focus stays, whatever generator is active.
  act(() => useView.setState({ active: { ...active, generator: 'card' } }));
  await act(async () => {});
  expect([focus(), call.mock.calls.length]).toEqual([2, 1]);
});

test('while the folder is being listed, what was remembered may still come', async () => {
  answer([[0, [cell({})]]]);
  const client = show(assets(2), { complete: false });
  await act(async () => {});
  expect(call).not.toHaveBeenCalled();
  act(() => {
    client.setQueryData(assetsQuery.queryKey, { assets: assets(2), complete: true });
  });
  await waitFor(() => expect(focus()).toBe(0));
});

test('what the user chooses meanwhile is kept', async () => {
  let tell: (value: unknown) => void = () => {};
  call.mockReturnValue(new Promise((resolve) => (tell = resolve)));
  show(assets(5));
  await waitFor(() => expect(call).toHaveBeenCalled());
  act(() => useSelection.getState().set([4], 4, 4));
  await act(async () => tell({ rows: [{ asset: 1, cells: [cell({})] }] }));
  expect(focus()).toBe(4);
});
