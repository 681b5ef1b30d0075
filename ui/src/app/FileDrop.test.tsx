import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { call, type FileDrag, onFileDrag } from '@/api/rpc';
import { useQuestion } from '@/documents/leaving';
import { useNotices } from '@/state/notices';
import { useView } from '@/state/view';
import { FileDrop } from './FileDrop';

vi.mock('@/api/rpc', () => ({ call: vi.fn(), onFileDrag: vi.fn() }));

const workspace = { path: '/w', name: 'w', samples: false, read_only: null, notices: [] };
const grant = { id: 'g', path: '/a.jpg' };
let drag: (drag: FileDrag) => void;

function show(open: boolean) {
  const client = new QueryClient();
  client.setQueryData(['start_up'], { workspace: open ? workspace : null, recent: [] });
  vi.mocked(onFileDrag).mockImplementation((hear) => {
    drag = (what) => act(() => hear(what));
    return () => {};
  });
  render(
    <QueryClientProvider client={client}>
      <FileDrop />
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  useNotices.setState({ notices: [] });
  useView.getState().set({ folder: 'summer' });
  vi.mocked(call).mockReset();
  vi.mocked(call).mockResolvedValue({ opened: null, copied: 2, refused: [] } as never);
});
afterEach(cleanup);
const notices = () => useNotices.getState().notices.map(({ level, message }) => [level, message]);

it('says what a drop will do, and then what it has done', async () => {
  show(true);
  drag({ kind: 'over', paths: ['/a.jpg', '/b.jpg'], x: 5, y: 5 });
  drag({ kind: 'over', paths: null, x: 6, y: 6 });
  expect(screen.getByRole('status')).toHaveTextContent('Copy 2 files into summer');
  expect(screen.queryByText('Open as Workspace')).not.toBeInTheDocument();
  drag({ kind: 'drop', grant, paths: ['/a.jpg', '/b.jpg'], x: 900, y: 5 });
  expect(screen.queryByRole('status')).not.toBeInTheDocument();
  expect(call).toHaveBeenCalledWith('drop_paths', { grant: 'g', into: 'summer' });
  await waitFor(() => expect(notices()).toEqual([['information', 'Copied 2 files']]));
});

it('a folder dropped on the right half is opened', async () => {
  show(true);
  const opened = { ...workspace, path: '/photos' };
  const reply = { opened, copied: 0, refused: [] };
  vi.mocked(call).mockImplementation(((name: string) =>
    Promise.resolve(name === 'unsavable' ? [] : reply)) as never);
  drag({ kind: 'over', paths: ['/photos'], x: window.innerWidth - 1, y: 5 });
  expect(screen.getByText('Open as Workspace').parentElement).toHaveAttribute('data-active');
  drag({ kind: 'drop', grant, paths: ['/photos'], x: window.innerWidth - 1, y: 5 });
  await waitFor(() => expect(call).toHaveBeenCalledWith('drop_paths', { grant: 'g', into: null }));
});

it('no folder is opened while the user wants to keep changes that cannot be saved', async () => {
  show(true);
  const unsavable = [{ file: 'web.preset.toml', reason: 'Read-only.' }];
  vi.mocked(call).mockResolvedValue(unsavable as never);
  drag({ kind: 'drop', grant, paths: ['/photos'], x: window.innerWidth - 1, y: 5 });
  await waitFor(() => expect(useQuestion.getState().question?.presets).toEqual(unsavable));
  act(() => useQuestion.getState().question?.answer(false));
  await Promise.resolve();
  expect(vi.mocked(call).mock.calls).toEqual([['unsavable']]);
});

it('tells of what was refused, but not of everything', async () => {
  show(false);
  const refused = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.txt is no image.`);
  vi.mocked(call).mockResolvedValue({ opened: null, copied: 0, refused } as never);
  drag({ kind: 'over', paths: ['/a.txt'], x: 5, y: 5 });
  expect(screen.getByRole('status')).toHaveTextContent('Open as Workspace');
  drag({ kind: 'drop', grant, paths: ['/a.txt'], x: 5, y: 5 });
  await waitFor(() => expect(notices()).toHaveLength(1));
  expect(notices()[0]).toEqual([
    'warning',
    'a.txt is no image.\nb.txt is no image.\nc.txt is no image.\n… and 2 more skipped',
  ]);
});

it('a drag that leaves hides the overlay', () => {
  show(true);
  drag({ kind: 'over', paths: ['/a.jpg'], x: 5, y: 5 });
  drag({ kind: 'leave' });
  expect(screen.queryByRole('status')).not.toBeInTheDocument();
});
