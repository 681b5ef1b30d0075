import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assetsQuery } from '@/api/queries';
import { useDialogs } from '@/state/dialogs';
import { initialView, useView } from '@/state/view';
import { asset } from '@/testing/assets';
import { layOut } from '@/testing/scroller';
import { Sidebar } from './Sidebar';

beforeEach(() => {
  layOut();
  useView.setState({ ...initialView, current: 'sheet' });
});

afterEach(cleanup);

function show() {
  const client = new QueryClient();
  const paths = ['a.jpg', 'birds/owls/o.jpg', 'birds/s.jpg', 'cats/c.jpg'];
  client.setQueryData(assetsQuery.queryKey, {
    assets: paths.map((path, id) => asset(id, { path })),
    complete: true,
  });
  render(
    <QueryClientProvider client={client}>
      <Sidebar />
    </QueryClientProvider>,
  );
}

test('a tree for keys: open, go down, choose, close', () => {
  show();
  const tree = screen.getByRole('tree');
  const press = (...keys: string[]) => {
    for (const key of keys) fireEvent.keyDown(tree, { key });
  };
  expect(screen.getByRole('treeitem', { name: 'All images 4' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  press('ArrowDown', 'ArrowRight');
  expect(screen.getByRole('treeitem', { name: 'birds 2' })).toHaveAttribute(
    'aria-expanded',
    'true',
  );
  press('ArrowRight', 'Enter');
  expect(useView.getState()).toMatchObject({ folder: 'birds/owls', current: 'grid' });
  press('ArrowLeft', 'ArrowLeft');
  expect(screen.queryByRole('treeitem', { name: 'owls 1' })).toBeNull();
  fireEvent.click(screen.getByText('All images'));
  expect(useView.getState().folder).toBe('');
});

test('the right button offers what can be done with a folder', async () => {
  show();
  fireEvent.contextMenu(screen.getByText('birds'));
  const items = (await screen.findAllByRole('menuitem')).map((item) => item.textContent);
  expect(items).toEqual(['Show Images', 'Expand', 'Export Images…']);
  fireEvent.click(screen.getByRole('menuitem', { name: 'Export Images…' }));
  expect(useView.getState()).toMatchObject({ folder: 'birds', current: 'grid' });
  expect(useDialogs.getState()).toMatchObject({ open: 'export', subject: { assets: 'filtered' } });
  act(() => useDialogs.getState().close());
});
