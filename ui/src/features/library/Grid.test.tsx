import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Asset } from '@/api/bindings';
import { startUpQuery } from '@/api/queries';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { asset, assets } from '@/testing/assets';
import { libraryClient, noStates } from '@/testing/library';
import { layOut } from '@/testing/scroller';
import { layOut as columnsFor, Grid } from './Grid';

const { call, dragOut } = vi.hoisted(() => ({
  call: vi.fn(async (..._: unknown[]) => ({})),
  dragOut: vi.fn(async () => {}),
}));
vi.mock('@/api/rpc', async (original) => ({
  ...(await original<typeof import('@/api/rpc')>()),
  call,
  dragOut,
}));

function show(list: Asset[], states = noStates) {
  const client = libraryClient(list, { states });
  client.setQueryData(startUpQuery.queryKey, {
    workspace: { path: '/work', name: 'work', samples: false, read_only: null, notices: [] },
  } as never);
  render(
    <QueryClientProvider client={client}>
      <Grid />
    </QueryClientProvider>,
  );
  return { client, grid: screen.getByRole('grid') };
}

const tile = (id: number) => document.getElementById(`asset-${id}`) as HTMLElement;
const selected = () => [...useSelection.getState().ids].sort((a, b) => a - b);
const visible = () =>
  call.mock.calls
    .filter(([name]) => name === 'set_visible')
    .map(([, reported]) => (reported as { assets: number[] }).assets);

beforeEach(() => {
  layOut(726);
  vi.useFakeTimers();
  call.mockClear();
  useView.setState(initialView);
  useSelection.getState().clear();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test.each([
  [706, 160, { columns: 4, side: 160 }],
  [707, 160, { columns: 5, side: 124 }],
  [314, 160, { columns: 2, side: 142 }],
  [300, 320, { columns: 1, side: 288 }],
  [60, 80, { columns: 1, side: 48 }],
])('%s wide, requested %s: the tiles fill the width', (width, requested, layout) => {
  expect(columnsFor(width, requested)).toEqual(layout);
});

// 726 wide, tiles of 160 px and their edges: 4 columns. 600 high: 3 rows in sight, 2 beyond.
test('only the rows near the screen are there, and the program knows which', () => {
  const { grid } = show(assets(100_000));
  expect(grid).toHaveAttribute('aria-colcount', '4');
  expect(grid).toHaveAttribute('aria-rowcount', '25000');
  expect(screen.getAllByRole('gridcell').length).toBeLessThanOrEqual(24);
  expect(visible().at(-1)).toEqual([...Array(20).keys()]);
});

test('after scrolling, what is on the screen stands first, then what is below, then above', () => {
  const { grid } = show(assets(1000));
  act(() => {
    grid.scrollTop = 213 * 20 + 10;
    fireEvent.scroll(grid);
    vi.advanceTimersByTime(200);
  });
  const reported = visible().at(-1) ?? [];
  expect(reported.slice(0, 4)).toEqual([80, 81, 82, 83]);
  expect(reported.at(-1)).toBe(79);
  expect(reported).not.toContain(0);
});

test('a click selects one, with Ctrl one more, with Shift all up to there', () => {
  show(assets(50));
  fireEvent.click(tile(2));
  expect(selected()).toEqual([2]);
  fireEvent.click(tile(5), { ctrlKey: true });
  expect(selected()).toEqual([2, 5]);
  fireEvent.click(tile(7), { shiftKey: true });
  expect(selected()).toEqual([5, 6, 7]);
  expect(tile(6)).toHaveAttribute('aria-selected', 'true');
  expect(tile(2)).toHaveAttribute('aria-selected', 'false');
});

test('keys move the focus, and with Shift the selection grows', () => {
  const { grid } = show(assets(50));
  fireEvent.click(tile(1));
  const press = (key: string, more = {}) => fireEvent.keyDown(grid, { key, ...more });
  press('ArrowDown');
  expect(selected()).toEqual([5]);
  expect(grid).toHaveAttribute('aria-activedescendant', 'asset-5');
  press('ArrowRight', { shiftKey: true });
  press('ArrowDown', { shiftKey: true });
  expect(selected()).toEqual([5, 6, 7, 8, 9, 10]);
  press('ArrowLeft', { ctrlKey: true });
  expect(useSelection.getState().focus).toBe(9);
  expect(selected()).toHaveLength(6);
  press(' ', { ctrlKey: true });
  expect(selected()).not.toContain(9);
  press('End');
  expect(selected()).toEqual([49]);
  press('Home');
  expect(selected()).toEqual([0]);
});

test('the focused tile is scrolled into view, whatever moves the focus', () => {
  const { grid } = show(assets(1000));
  act(() => {
    useSelection.getState().set([900], 900, 900);
    vi.advanceTimersByTime(200);
  });
  expect(grid.scrollTop).toBeGreaterThan(213 * 220);
  expect(tile(900)).toBeInTheDocument();
});

test('another choice begins at its first row, or at what is selected', () => {
  const { grid } = show(assets(1000));
  const scrollTo = (top: number) =>
    act(() => {
      grid.scrollTop = top;
      fireEvent.scroll(grid);
      vi.advanceTimersByTime(200);
    });
  const sort = (by: 'name' | 'path') => {
    act(() => useView.getState().set({ sort: by }));
    scrollTo(grid.scrollTop);
  };
  scrollTo(213 * 100);
  sort('name');
  expect(grid.scrollTop).toBe(0);
  act(() => {
    useSelection.getState().set([900], 900, 900);
    vi.advanceTimersByTime(200);
  });
  scrollTo(0);
  sort('path');
  expect(grid.scrollTop).toBeGreaterThan(213 * 220);
  expect(tile(900)).toBeInTheDocument();
});

test('Enter and a double click compare, Space shows all variants', () => {
  const { grid } = show(assets(9));
  fireEvent.doubleClick(tile(3));
  expect(useView.getState().current).toBe('compare');
  expect(useSelection.getState().focus).toBe(3);
  fireEvent.keyDown(grid, { key: ' ' });
  expect(useView.getState().current).toBe('sheet');
  fireEvent.keyDown(grid, { key: 'Enter' });
  expect(useView.getState().current).toBe('compare');
});

test('an image that was given up asks again while it is on the screen', async () => {
  show(assets(3));
  const image = tile(1).querySelector('img') as HTMLImageElement;
  expect(image.getAttribute('src')).toBeNull();
  await act(() => vi.advanceTimersByTimeAsync(60));
  expect(image.getAttribute('src')).toBe('variant://localhost/thumbnail/1/v1/160');
  fireEvent.error(image);
  await act(() => vi.advanceTimersByTimeAsync(200));
  expect(image.getAttribute('src')).toBe('variant://localhost/thumbnail/1/v1/160?again=1');
  fireEvent.load(image);
  expect(image).toHaveAttribute('data-loaded');
});

test('what cannot be read keeps its tile, with the reason in words', () => {
  const state = { kind: 'unreadable', code: 'unreadable', message: 'It ends too early.' } as const;
  show([asset(1, { state }), asset(2)]);
  expect(tile(1)).toHaveTextContent('It ends too early.');
  expect(tile(1).querySelector('img')).toBeNull();
  expect(tile(1)).toHaveTextContent('Failed');
});

test('a thumbnail that fails for good says why', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response('The file is damaged.', { status: 422 })),
  );
  show(assets(1));
  const image = tile(0).querySelector('img') as HTMLImageElement;
  for (let tries = 0; tries < 4; tries += 1) {
    await act(() => vi.advanceTimersByTimeAsync(2000));
    fireEvent.error(image);
  }
  await act(() => vi.advanceTimersByTimeAsync(10));
  expect(tile(0)).toHaveTextContent('The file is damaged.');
});

test('badges tell format, frames, focal point, mark and state', () => {
  const animated = asset(1, {
    path: 'a.gif',
    state: { kind: 'ready', format: 'gif', width: 3, height: 2, frames: 12, alpha: true },
    focal: { x: 0.5, y: 0.5 },
    marks: ['favourite'],
  });
  show([animated], { ...noStates, missing: [1], stale: [1] });
  expect(tile(1)).toHaveTextContent('GIF');
  for (const label of ['12 frames or pages', 'Has a focal point', 'Favourite']) {
    expect(screen.getByLabelText(label)).toBeInTheDocument();
  }
  expect(tile(1)).toHaveTextContent('Out of date');
});

test('a press that moves drags the original out', async () => {
  const file = { id: 'g', path: '/work/photos/image 000001.jpg' };
  call.mockImplementation(async (name) => (name === 'asset_file' ? file : {}));
  show(assets(3));
  fireEvent.pointerDown(tile(1), {
    button: 0,
    clientX: 10,
    clientY: 10,
    pointerId: 1,
    pointerType: 'mouse',
  });
  fireEvent.pointerMove(window, { clientX: 13, clientY: 10, pointerId: 1, buttons: 1 });
  expect(dragOut).not.toHaveBeenCalled();
  fireEvent.pointerMove(window, { clientX: 30, clientY: 10, pointerId: 1, buttons: 1 });
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(dragOut).toHaveBeenCalledWith(file);
});

test('nothing that fits is said, with a way back', () => {
  show(assets(5).slice(0, 5));
  act(() => useView.getState().set({ search: 'nothing like this' }));
  expect(screen.getByText('No images match')).toBeInTheDocument();
  fireEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
  expect(tile(4)).toBeInTheDocument();
});
