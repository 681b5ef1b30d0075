import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { beforeEach, expect, it, vi } from 'vitest';
import { useActivity } from '@/state/activity';
import { useNotices } from '@/state/notices';
import { asset as assetOf } from '@/testing/assets';
import { applyChange } from './assetChanges';
import type { Asset, Assets, Event, RunInfo, Runs } from './bindings';
import { applyEvent, invalidateOnEvents, removeRun, updateRun } from './events';
import { assetsQuery } from './queries';
import { call, onEvents, type StudioEvent } from './rpc';

vi.mock('./rpc', () => ({ call: vi.fn(), onEvents: vi.fn() }));

const asset = (id: number, path: string, version = '1') => assetOf(id, { path, version });
const changes = (changed: Asset[], removed: number[] = [], complete = true) =>
  ({ kind: 'assets', changed, removed, complete }) as const;
const paths = ({ assets }: Assets) => assets.map(({ path }) => path);

const run: RunInfo = {
  id: 4,
  seen: 1,
  state: 'running',
  reason: null,
  created_ms: 0,
  destination: '/out',
  generators: ['tile'],
  total: 10,
  rendered: 1,
  cached: 0,
  skipped: 0,
  failed: 0,
  can_retry: false,
  bytes: 9,
  seconds: 1,
  rate: 1,
  eta_seconds: 9,
};

let client: QueryClient;
beforeEach(() => {
  client = new QueryClient();
  useNotices.setState({ notices: [] });
  vi.mocked(call)
    .mockReset()
    .mockImplementation(() => new Promise(() => {}) as never);
});
const isStale = (...key: unknown[]) => client.getQueryState(key)?.isInvalidated;

it('assets come in the order of their paths', () => {
  const first = applyChange(
    { assets: [], complete: false },
    changes([asset(1, 'b'), asset(2, 'a')], [], false),
  );
  expect(paths(first)).toEqual(['a', 'b']);
  expect(first.complete).toBe(false);
  const moved = applyChange(first, changes([asset(1, 'a/0'), asset(3, 'A')], [2]));
  expect(paths(moved)).toEqual(['A', 'a/0']);
  expect(moved.complete).toBe(true);
});

it('an asset that changes keeps its place, and the others stay the same objects', () => {
  const former = { assets: [asset(1, 'a'), asset(2, 'b')], complete: true };
  const now = applyChange(former, changes([asset(2, 'b', '2')]));
  expect(paths(now)).toEqual(['a', 'b']);
  expect(now.assets[0]).toBe(former.assets[0]);
  expect(now.assets[1]?.version).toBe('2');
});

it('news before the first answer is not taken for the whole list', () => {
  applyEvent(client, changes([asset(2, 'b')]));
  expect(client.getQueryData(['assets'])).toBeUndefined();
  client.setQueryData(['assets'], { assets: [], complete: false });
  void client.invalidateQueries({ queryKey: ['assets'] });
  applyEvent(client, changes([asset(2, 'b')]));
  expect(isStale('assets')).toBe(true);
});

it('another workspace makes everything that was known of the former one stale', () => {
  client.setQueryData(['start_up'], { workspace: null, recent: [] });
  client.setQueryData(['assets'], { assets: [asset(1, 'a')], complete: true });
  client.setQueryData(['presets'], [{ file: 'old' }]);
  const workspace = { path: '/x', name: 'x', samples: false, read_only: null, notices: [] };
  applyEvent(client, { kind: 'workspace', workspace });
  expect(client.getQueryData(['start_up'])).toMatchObject({ workspace });
  expect(client.getQueryData(['assets'])).toEqual({ assets: [], complete: false });
  expect(client.getQueryData(['presets'])).toBeUndefined();
});

it('a document that changes makes what is seen by it stale', () => {
  client.setQueryData(['document', 'a'], { file: 'a', revision: 1 });
  for (const key of ['sheet', 'assets']) client.setQueryData([key, 'a'], {});
  applyEvent(client, { kind: 'document', file: 'a', revision: 2 });
  expect([isStale('document', 'a'), isStale('sheet', 'a')]).toEqual([true, true]);
  expect(isStale('assets', 'a')).toBe(false);
});

it('a run replaces its former data, and its rows are loaded again', () => {
  client.setQueryData(['run_rows', 4, {}], { total: 0, rows: [] });
  client.setQueryData(['run_rows', 5, {}], { total: 0, rows: [] });
  applyEvent(client, { kind: 'run', ...run });
  applyEvent(client, { kind: 'run', ...run, id: 5 });
  applyEvent(client, { kind: 'run', ...run, rendered: 7 });
  const { runs } = client.getQueryData(['runs']) as Runs;
  expect(runs.map(({ id, rendered }) => [id, rendered])).toEqual([
    [5, 1],
    [4, 7],
  ]);
  expect(runs[1]).toEqual({ ...run, rendered: 7 });
  expect(isStale('run_rows', 4, {})).toBe(true);
});

it('a response older than the last event does not replace its data', () => {
  applyEvent(client, { kind: 'run', ...run, seen: 9, state: 'done' });
  updateRun(client, { ...run, seen: 7, state: 'running' });
  const state = () => (client.getQueryData(['runs']) as Runs).runs[0]?.state;
  expect(state()).toBe('done');
  updateRun(client, { ...run, seen: 10, state: 'running' });
  expect(state()).toBe('running');
});

it('a run that was taken off the list stays off it', () => {
  applyEvent(client, { kind: 'run', ...run, id: 8 });
  removeRun(client, 8);
  applyEvent(client, { kind: 'run', ...run, id: 8, state: 'cancelled' });
  expect((client.getQueryData(['runs']) as Runs).runs).toEqual([]);
});

it('history, activity and notices are taken as they come', () => {
  applyEvent(client, { kind: 'history', undo: 'Change quality', redo: null });
  expect(client.getQueryData(['history'])).toEqual({ undo: 'Change quality', redo: null });
  const activity = { ...useActivity.getState().activity, jobs: 12 };
  applyEvent(client, { kind: 'activity', ...activity } as Event);
  expect(useActivity.getState().activity.jobs).toBe(12);
  applyEvent(client, { kind: 'notice', level: 'warning', message: 'Mended.' });
  expect(useNotices.getState().notices).toMatchObject([{ level: 'warning', message: 'Mended.' }]);
});

it('missed events make everything stale', () => {
  client.setQueryData(['anything'], 1);
  applyEvent(client, { kind: 'lost' });
  expect(isStale('anything')).toBe(true);
});

it('news that come while an answer is on its way are put into it', async () => {
  let answer: (assets: Assets) => void = () => {};
  vi.mocked(call).mockImplementation(
    () =>
      new Promise((resolve) => {
        answer = resolve as typeof answer;
      }) as never,
  );
  const observer = new QueryObserver(client, assetsQuery);
  const stop = observer.subscribe(() => {});
  applyEvent(client, changes([asset(1, 'a.jpg', '2'), asset(4, 'd.jpg')], [], false));
  expect(client.getQueryData(['assets'])).toBeUndefined();
  applyEvent(client, changes([], [3, 4], true));
  answer({ assets: [asset(1, 'a.jpg'), asset(2, 'b.jpg'), asset(3, 'c.jpg')], complete: false });
  await vi.waitFor(() => expect(client.getQueryData(['assets'])).toBeDefined());
  const known = client.getQueryData<Assets>(['assets']) as Assets;
  expect(known.assets.map(({ path, version }) => [path, version])).toEqual([
    ['a.jpg', '2'],
    ['b.jpg', '1'],
  ]);
  expect(known.complete).toBe(true);
  expect(call).toHaveBeenCalledTimes(1);
  stop();
});

it('an opened workspace is asked for its assets before anybody shows them', () => {
  vi.mocked(call)
    .mockClear()
    .mockImplementation(() => new Promise(() => {}) as never);
  client.setQueryData(['start_up'], { workspace: null, recent: [] });
  const workspace = { path: '/x', name: 'x', samples: false, read_only: null, notices: [] };
  applyEvent(client, { kind: 'workspace', workspace });
  expect(vi.mocked(call).mock.calls).toEqual([['assets']]);
});

it('a document is asked for only where it is not known yet', () => {
  client.setQueryData(['document', 'a'], { file: 'a', revision: 4 });
  applyEvent(client, { kind: 'document', file: 'a', revision: 4 });
  expect(isStale('document', 'a')).toBe(false);
  applyEvent(client, { kind: 'document', file: 'a', revision: 5 });
  expect(isStale('document', 'a')).toBe(true);
});

it('news of assets that follow each other change the list together, the first at once', () => {
  vi.useFakeTimers();
  let tell: (events: StudioEvent[]) => void = () => {};
  vi.mocked(onEvents).mockImplementation((hear) => {
    tell = hear;
    return () => {};
  });
  client.setQueryData(['assets'], { assets: [asset(1, 'a')], complete: false });
  const known = () => paths(client.getQueryData(['assets']) as Assets);
  const stop = invalidateOnEvents(client);
  tell([changes([asset(2, 'b')], [], false)]);
  expect(known()).toEqual(['a', 'b']);
  tell([changes([asset(3, 'c')], [], false)]);
  tell([changes([asset(4, 'd')], [3], true)]);
  expect(known()).toEqual(['a', 'b']);
  vi.advanceTimersByTime(300);
  expect(known()).toEqual(['a', 'b', 'd']);
  tell([changes([asset(5, 'old')])]);
  const workspace = { path: '/x', name: 'x', samples: false, read_only: null, notices: [] };
  tell([{ kind: 'workspace', workspace }]);
  vi.advanceTimersByTime(1000);
  expect(known()).toEqual([]);
  stop();
  vi.useRealTimers();
});

it('what is seldom looked at is asked for once in a while, however often it changes', () => {
  vi.useFakeTimers();
  let tell: (events: StudioEvent[]) => void = () => {};
  vi.mocked(onEvents).mockImplementation((hear) => {
    tell = hear;
    return () => {};
  });
  const asked = vi.spyOn(client, 'invalidateQueries');
  const stop = invalidateOnEvents(client);
  for (let time = 0; time < 5; time += 1) tell([{ kind: 'states', assets: [] }]);
  expect(asked).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(asked).toHaveBeenCalledTimes(3);
  stop();
  vi.useRealTimers();
});
