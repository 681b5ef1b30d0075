import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunInfo } from '@/api/bindings';
import { call, chooseNewFile } from '@/api/rpc';
import { useReport } from '@/state/activity';
import { useNotices } from '@/state/notices';
import { initialView, useView } from '@/state/view';
import { short } from '@/text/paths';
import { ActivityPanel } from './ActivityPanel';
import { ended } from './runNotices';
import { inWords } from './StatusLine';

vi.mock('@/api/rpc', () => ({
  call: vi.fn(),
  onEvents: vi.fn(),
  reveal: vi.fn(),
  chooseNewFile: vi.fn(),
}));
vi.setConfig({ testTimeout: 20_000 });

const run = (change: Partial<RunInfo> = {}): RunInfo => ({
  id: 4,
  seen: 1,
  state: 'running',
  reason: null,
  created_ms: 0,
  destination: '/out',
  generators: ['tile', 'hero'],
  total: 10,
  rendered: 3,
  cached: 1,
  skipped: 0,
  failed: 1,
  can_retry: true,
  bytes: 2_000_000,
  seconds: 3,
  rate: 2.5,
  eta_seconds: 2,
  ...change,
});
const row = {
  position: 7,
  source: 'lake.jpg',
  generator: 'tile',
  variation: '640',
  status: 'failed',
  path: null,
  width: null,
  height: null,
  bytes: null,
  ms: null,
  fault: { code: 'crashed', message: 'The worker crashed twice on it.' },
  can_retry: true,
  notes: [],
};

let client: QueryClient;
function show(...runs: RunInfo[]) {
  client = new QueryClient();
  client.setQueryData(['runs'], { runs });
  client.setQueryData(['start_up'], { workspace: { path: '/w' }, recent: [] });
  render(
    <QueryClientProvider client={client}>
      <ActivityPanel />
    </QueryClientProvider>,
  );
}
const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

beforeEach(() => {
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
  useView.setState({ ...initialView, activity: true });
  useNotices.setState({ notices: [] });
  useReport.setState({ run: null });
  vi.mocked(call).mockReset();
});
afterEach(cleanup);

it('a run shows count, bytes, rate and time left, and can be paused', async () => {
  show(run());
  const bar = screen.getByRole('progressbar', { name: 'Export tile, hero' });
  expect([bar.getAttribute('aria-valuenow'), bar.getAttribute('aria-valuemax')]).toEqual([
    '5',
    '10',
  ]);
  const facts = screen.getByText(/Running · 5 of 10 files · 2.0 MB · 2.5 files\/s · 2 s left/);
  expect(facts).toHaveTextContent('1 failed');
  vi.mocked(call).mockResolvedValue(run({ state: 'paused', reason: 'The disk is full.' }) as never);
  await press('Pause');
  expect(call).toHaveBeenCalledWith('pause_run', { id: 4 });
  expect(await screen.findByText('The disk is full.')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Resume' })).toBeInTheDocument();
});

it('the report has failed rows with reason and Retry, and can be saved', async () => {
  vi.mocked(call).mockImplementation((async (name: string) =>
    name === 'run_rows' ? { total: 1, rows: [row] } : run()) as never);
  show(run({ state: 'done' }));
  await press('Report');
  expect(await screen.findByText('The worker crashed twice on it.')).toBeInTheDocument();
  expect(screen.getByText('lake.jpg')).toBeInTheDocument();
  expect(call).toHaveBeenCalledWith('run_rows', { id: 4, failed: true, offset: 0, limit: 100 });
  await press('Retry lake.jpg');
  expect(call).toHaveBeenCalledWith('retry_run', { id: 4, positions: [7] });
  vi.mocked(chooseNewFile).mockResolvedValue('/r.csv');
  await press('Save report…');
  expect(call).toHaveBeenCalledWith('save_report', { id: 4, path: '/r.csv' });
  await waitFor(() => expect(useNotices.getState().notices).toHaveLength(1));
});

it('Retry is offered only where trying again can help', async () => {
  const refused = {
    ...row,
    fault: { code: 'invalid', message: 'The rule does not take it.' },
    can_retry: false,
  };
  vi.mocked(call).mockImplementation((async (name: string) =>
    name === 'run_rows' ? { total: 1, rows: [refused] } : run()) as never);
  show(run({ state: 'done', can_retry: false }));
  expect(screen.queryByRole('button', { name: 'Retry all failed' })).toBeNull();
  await press('Report');
  expect(await screen.findByText('The rule does not take it.')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: /again$/ })).toBeNull();
});

it('a row shows what the user should know about its file', async () => {
  const noted = { ...row, status: 'rendered', fault: null, path: '/out/a/lake.webp' };
  vi.mocked(call).mockImplementation((async (name: string) =>
    name === 'run_rows'
      ? { total: 1, rows: [{ ...noted, can_retry: false, notes: ['9 kB was not met.'] }] }
      : run()) as never);
  show(run({ state: 'done', failed: 0, can_retry: false }));
  await press('Report');
  expect(await screen.findByText('a/lake.webp · 9 kB was not met.')).toBeInTheDocument();
});

it('a run that is forgotten is gone', async () => {
  vi.mocked(call).mockResolvedValue({} as never);
  show(run({ state: 'done' }));
  await press('Remove from list (files are kept)');
  expect(await screen.findByText(/^No exports yet/)).toBeInTheDocument();
});

it('closed, only the status line is left', () => {
  useView.setState({ activity: false });
  show(run());
  expect(screen.getByText('Idle')).toBeInTheDocument();
  expect(screen.queryByRole('progressbar')).not.toBeInTheDocument();
});

it('the end of a run is announced once, and only if it was seen running', () => {
  const done = run({ state: 'done', failed: 0, rendered: 9 });
  expect(ended(done, undefined)).toBeNull();
  expect(ended(done, 'done')).toBeNull();
  expect(ended(done, 'running')).toMatchObject({ level: 'information' });
  expect(ended(run({ state: 'done' }), 'running')?.message).toContain('1 failed');
  expect(ended(run({ state: 'cancelled' }), 'running')).toBeNull();
  expect(ended(run({ state: 'paused' }), 'running')).toBeNull();
  expect(ended(run({ state: 'paused', reason: 'Full.' }), 'running')?.message).toContain('Full.');
});

it('says in words what workers do, and paths without what is known', () => {
  const worker = { process: 1, kept: false, jobs: 0, resident_bytes: 0 };
  const workers = (['idle', 'eager', 'idle'] as const).map((state) => ({ ...worker, state }));
  expect(inWords(workers, (state) => state)).toBe('2 idle, 1 eager');
  expect(short('/w/a/b.png', ['/w', '/out'])).toBe('a/b.png');
  expect(short('/wide/b.png', ['/w', undefined])).toBe('/wide/b.png');
});
