import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Asset, MatrixArguments, MatrixCell, PresetFile } from '@/api/bindings';
import { presetsQuery } from '@/api/queries';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { assets } from '@/testing/assets';
import { libraryClient } from '@/testing/library';
import { layOut } from '@/testing/scroller';
import { cellAfter } from './columns';
import { Matrix } from './Matrix';

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock('@/api/rpc', async (original) => ({
  ...(await original<typeof import('@/api/rpc')>()),
  call,
}));

const preset = (file: string, names: string[]): PresetFile => ({
  file,
  generators: names.map((name) => ({
    ...{
      name,
      description: null,
      eager: false,
      broken: false,
      variations: [],
      formats: [],
      from: null,
    },
  })),
  ...{ themes: [], problems: [], dirty: false, conflict: false, trouble: null },
});

const cell = (change: Partial<MatrixCell>): MatrixCell => ({
  ...{ file: 'web', generator: 'hero', state: 'ready', total: 3, ready: 3, url: null, fault: null },
  ...change,
});

const many = Array.from({ length: 40 }, (_, index) => `size-${index}`);

async function show(list = assets(1000)) {
  const client = libraryClient(list);
  client.setQueryData(presetsQuery.queryKey, [
    preset('web', ['hero', 'card']),
    preset('print', many),
  ]);
  render(
    <QueryClientProvider client={client}>
      <Matrix />
    </QueryClientProvider>,
  );
  await act(() => vi.advanceTimersByTimeAsync(300));
  return screen.getByRole('grid');
}

const asked = () =>
  call.mock.calls
    .filter(([name]) => name === 'matrix')
    .map(([, wanted]) => (wanted as MatrixArguments).assets);

beforeEach(() => {
  layOut();
  vi.useFakeTimers();
  useView.setState({ ...initialView, current: 'matrix' });
  useSelection.getState().clear();
  call.mockReset();
  call.mockImplementation(async (name: string, wanted: MatrixArguments) =>
    name === 'matrix'
      ? {
          rows: wanted.assets.map((asset) => ({
            asset,
            cells: [
              cell({ ready: 1, state: 'missing' }),
              cell({
                generator: 'card',
                state: 'failed',
                ready: 0,
                fault: { code: 'too_large', message: 'The picture is too large.' },
              }),
            ],
          })),
        }
      : {},
  );
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('only what is near the screen is there and asked for', async () => {
  const grid = await show();
  expect(grid).toHaveAttribute('aria-rowcount', '1001');
  expect(grid).toHaveAttribute('aria-colcount', '43');
  expect(screen.getAllByRole('row').length).toBeLessThan(25);
  expect(screen.getAllByRole('columnheader').length).toBeLessThan(14);
  expect(asked().at(-1)).toContain(0);
  expect(asked().at(-1)?.length).toBeLessThan(25);
});

test('while the scrolling goes on, nothing is asked', async () => {
  const grid = await show();
  const before = asked().length;
  for (let at = 1; at <= 10; at += 1) {
    act(() => {
      grid.scrollTop = at * 2000;
      fireEvent.scroll(grid);
    });
    await act(() => vi.advanceTimersByTimeAsync(40));
  }
  expect(asked().length).toBe(before);
  await act(() => vi.advanceTimersByTimeAsync(400));
  expect(asked().length).toBe(before + 1);
  expect(asked().at(-1)).not.toContain(0);
});

test('cells say their state in words, with the fault', async () => {
  await show();
  const [, first] = screen.getAllByRole('row');
  const cells = first?.querySelectorAll('[role="gridcell"]');
  expect(cells?.[0]).toHaveAccessibleName('1 of 3 rendered');
  expect(cells?.[1]).toHaveAccessibleName('Failed, 0 of 3 rendered. The picture is too large.');
  expect(cells?.[2]).toHaveAccessibleName('Not matched by this generator');
});

test('keys move from cell to cell, and Enter compares with this generator', async () => {
  const grid = await show();
  const press = (key: string, more = {}) => fireEvent.keyDown(grid, { key, ...more });
  expect(grid).toHaveAttribute('aria-activedescendant', 'cell-0-0');
  press('ArrowRight');
  press('ArrowDown');
  expect(grid).toHaveAttribute('aria-activedescendant', 'cell-1-1');
  expect(useSelection.getState().focus).toBe(1);
  expect(document.querySelector('[data-selectable]')).toHaveTextContent(
    'The picture is too large.',
  );
  press('Enter');
  expect(useView.getState()).toMatchObject({
    current: 'compare',
    active: { file: 'web', generator: 'card' },
  });
});

test('a click selects asset and generator, a double click compares', async () => {
  await show();
  fireEvent.click(document.getElementById('cell-3--1') as HTMLElement);
  expect(useSelection.getState().focus).toBe(3);
  const target = document.getElementById('cell-2-1') as HTMLElement;
  fireEvent.click(target);
  expect(useView.getState()).toMatchObject({ current: 'matrix', active: { generator: 'card' } });
  expect(useSelection.getState().focus).toBe(2);
  expect(target.closest('[role=row]')).toHaveAttribute('data-current');
  expect(screen.getByRole('columnheader', { name: /^card/ })).toHaveAttribute('data-current');
  fireEvent.doubleClick(target);
  expect(useView.getState().current).toBe('compare');
});

test('it opens at the active generator and follows it', async () => {
  const at = (generator: string) => ({ file: 'print', generator, variation: null, format: null });
  useView.setState({ active: at('size-30') });
  const grid = await show();
  expect(grid).toHaveAttribute('aria-activedescendant', 'cell-0-32');
  act(() => useView.setState({ active: at('size-31') }));
  await act(() => vi.advanceTimersByTimeAsync(100));
  expect(grid).toHaveAttribute('aria-activedescendant', 'cell-0-33');
});

test('what cannot be read has dashes, and the reason below the table', async () => {
  const broken = assets(3);
  broken[0] = {
    ...(broken[0] as Asset),
    state: { kind: 'unreadable', code: 'unreadable', message: 'The file is cut off.' },
  };
  await show(broken);
  const cell = document.getElementById('cell-0-1') as HTMLElement;
  expect(cell).toHaveAccessibleName('Unreadable');
  expect(cell).not.toHaveAttribute('data-state');
  fireEvent.click(cell);
  expect(document.querySelector('[data-selectable]')).toHaveTextContent('The file is cut off.');
});

test('the right button opens our menu for the cell, which can render it', async () => {
  await show();
  const target = document.getElementById('cell-2-1') as HTMLElement;
  fireEvent.contextMenu(target);
  await act(() => vi.advanceTimersByTimeAsync(100));
  expect(useView.getState().active?.generator).toBe('card');
  const entries = screen.getAllByRole('menuitem').map(({ textContent }) => textContent);
  expect(entries).toEqual([
    ...['Compare', 'All variants', 'Retry', 'Copy image', 'Copy HTML…', 'Show in File Manager'],
    ...['Save variant as…', 'Export…'],
  ]);
  fireEvent.click(screen.getByRole('menuitem', { name: 'Retry' }));
  expect(call).toHaveBeenCalledWith('sheet', { asset: 2, files: ['web'] });
});

test.each([
  ['ArrowLeft', false, { row: 5, column: -1 }, { row: 5, column: -1 }],
  ['End', false, { row: 5, column: 0 }, { row: 5, column: 8 }],
  ['Home', false, { row: 5, column: 3 }, { row: 5, column: -1 }],
  ['End', true, { row: 5, column: 3 }, { row: 99, column: 3 }],
  ['PageDown', false, { row: 95, column: 3 }, { row: 99, column: 3 }],
])('%s with Ctrl %s', (key, ctrlKey, from, to) => {
  expect(cellAfter({ key, ctrlKey }, from, { rows: 100, columns: 9, page: 10 })).toEqual(to);
});
