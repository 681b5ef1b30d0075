import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useDialogs } from '@/state/dialogs';
import { useRecent } from '@/state/recent';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { Palette } from './Palette';

vi.mock('@/api/rpc', () => ({ call: vi.fn(), isApiError: () => false }));

beforeEach(() => {
  useView.setState(initialView);
  useRecent.setState({ actions: [] });
  const client = new QueryClient();
  client.setQueryData(['start_up'], { workspace: { path: '/p' }, recent: [] });
  render(
    <QueryClientProvider client={client}>
      <Palette />
    </QueryClientProvider>,
  );
});
afterEach(() => {
  act(() => useDialogs.getState().close());
  cleanup();
});
const open = () => act(() => useDialogs.getState().show('palette'));
const lines = () => screen.getAllByRole('option').map((line) => line.textContent);

it('finds an action by its name, performs it and shows it first the next time', async () => {
  open();
  expect(lines().length).toBeGreaterThan(15);
  await userEvent.type(screen.getByRole('combobox'), 'matr');
  expect(lines()[0]).toBe('MatrixM');
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(useView.getState().current).toBe('matrix'));
  expect(useDialogs.getState().open).toBeNull();
  open();
  expect(screen.getByText('Recent')).toBeInTheDocument();
  expect(lines()[0]).toBe('MatrixM');
});

it('lists no action that is off, nor itself', () => {
  open();
  expect(lines().some((line) => line?.startsWith('Undo'))).toBe(false);
  expect(lines().some((line) => line?.startsWith('Command palette'))).toBe(false);
});

it('says so where nothing has that name', async () => {
  open();
  await userEvent.type(screen.getByRole('combobox'), 'zzzz');
  expect(screen.getByText('No matching commands')).toBeInTheDocument();
});

it('finds both themes by their word', async () => {
  open();
  await userEvent.type(screen.getByRole('combobox'), 'theme');
  const found = lines().map((line) => line ?? '');
  expect(found).toEqual(expect.arrayContaining(['Theme: Light', 'Theme: Dark']));
});

it.each([
  ['theme', /^Theme: /],
  ['interface', /Interface/],
  ['preferences', /^Settings/],
  ['favorite', /Favourites/],
])('finds by %s what is called otherwise', async (words, label) => {
  useSelection.getState().set([1], 1, 1);
  open();
  await userEvent.type(screen.getByRole('combobox'), words);
  expect(lines()[0]).toMatch(label);
});
