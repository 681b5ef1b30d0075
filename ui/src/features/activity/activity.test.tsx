import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunInfo } from '@/api/bindings';
import { call, choose } from '@/api/rpc';
import { NoticeList } from '@/components/NoticeList';
import { TooltipProvider } from '@/components/Tooltip';
import { useReport } from '@/state/activity';
import { useNotices } from '@/state/notices';
import { initialView, useView } from '@/state/view';
import { short } from '@/text/paths';
import { ActivityPanel } from './ActivityPanel';
import { ended, useRunNotices } from './runNotices';
import { inWords } from './StatusLine';

vi.mock('@/api/rpc', () => ({
  call: vi.fn(),
  onEvents: vi.fn(),
  reveal: vi.fn(),
  choose: vi.fn(),
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
function Ends() {
  useRunNotices();
  return <NoticeList host={null} />;
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
    '4',
    '9',
  ]);
  const facts = screen.getByText(/Running · 4 of 9 files · 2.0 MB · 2.5 files\/s · 2 s left/);
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
  vi.mocked(choose).mockResolvedValue({ id: 'g', path: '/r.csv' });
  await press('Save report…');
  expect(call).toHaveBeenCalledWith('save_report', { id: 4, grant: 'g' });
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
  expect(await screen.findByText('a/lake.webp')).toBeInTheDocument();
  expect(screen.getByText('9 kB was not met.')).toBeInTheDocument();
});

it('a run that is forgotten is gone', async () => {
  vi.mocked(call).mockResolvedValue({} as never);
  show(run({ state: 'done' }));
  await press('Remove from list (files are kept)');
  expect(await screen.findByText(/^No exports yet/)).toBeInTheDocument();
});

it('closed, the status line shows the export’s progress and pauses it', async () => {
  useView.setState({ activity: false });
  show(run({ id: 5 }));
  expect(screen.queryByRole('progressbar')).not.toBeInTheDocument();
  expect(screen.getByText('Exporting 4 of 9 · 2 s left · 1 failed')).toBeInTheDocument();
  vi.mocked(call).mockResolvedValue(run({ id: 5, state: 'paused' }) as never);
  await press('Pause');
  expect(call).toHaveBeenCalledWith('pause_run', { id: 5 });
  expect(await screen.findByText('Export paused at 4 of 9 · 1 failed')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Resume' })).toBeInTheDocument();
});

it('the notice of the end opens the folder and the report', async () => {
  const done = run({ state: 'done', rendered: 8 });
  show(run());
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Ends />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  act(() => {
    useView.setState({ activity: false });
    client.setQueryData(['runs'], { runs: [done] });
  });
  expect(await screen.findByText('Export finished: 9 saved, 1 failed')).toBeInTheDocument();
  const end = screen.getByRole('region', { name: 'Notices' });
  await userEvent.click(within(end).getByRole('button', { name: 'Show report' }));
  expect(useReport.getState().run).toBe(4);
  expect(useView.getState().activity).toBe(true);
  expect(within(end).queryByRole('button')).toBeNull();
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
