import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { assetStatesQuery } from '@/api/queries';
import { useRenderAll } from '@/preview/renderAll';
import { initialView, useView } from '@/state/view';
import { asset } from '@/testing/assets';
import { libraryClient } from '@/testing/library';
import { Filters } from './Filters';

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock('@/api/rpc', async (original) => ({
  ...(await original<typeof import('@/api/rpc')>()),
  call,
}));

const variant = { file: 'web', generator: 'hero', variation: null, format: 'jpeg' };
let rendered: number[];
let finish: (() => void)[];

beforeEach(() => {
  rendered = [];
  finish = [];
  useView.setState(initialView);
  call.mockImplementation((name: string, given: { asset: number }) => {
    if (name === 'sheet')
      return Promise.resolve({ variants: [{ ...variant, url: null, fault: null }] });
    if (name !== 'preview') return Promise.resolve({});
    rendered.push(given.asset);
    return new Promise((resolve) => finish.push(() => resolve({})));
  });
});
afterEach(cleanup);

function show(missing: number[]) {
  const paths = ['birds/a.jpg', 'birds/b.jpg', 'cats/c.jpg'];
  const client = libraryClient(paths.map((path, id) => asset(id, { path })));
  const states = { missing, stale: [], failed: [], complete: true };
  client.setQueryData(assetStatesQuery.queryKey, states);
  render(
    <QueryClientProvider client={client}>
      <Filters />
    </QueryClientProvider>,
  );
}

const button = () => screen.getByRole('button', { name: /^Render missing/ });

test('renders what is missing of the images in sight, and is off until that is done', async () => {
  show([0, 2]);
  expect(button()).toHaveTextContent('2');
  act(() => useView.getState().set({ folder: 'cats' }));
  expect(button()).toHaveTextContent('1');
  await userEvent.click(button());
  await waitFor(() => expect(rendered).toEqual([2]));
  expect(button()).toBeDisabled();
  for (const end of finish) end();
  await waitFor(() => expect(useRenderAll.getState().total).toBe(0));
  expect(button()).toBeEnabled();
});

test('is not there where nothing is missing', () => {
  show([]);
  expect(screen.queryByRole('button', { name: /^Render missing/ })).toBeNull();
});
