// Says which cached data each event makes stale, and applies the events that carry new data.
import type { QueryClient } from '@tanstack/react-query';
import { useActivity } from '@/state/activity';
import { useNotices } from '@/state/notices';
import { type AssetsEvent, applyChange, combine, recordChange } from './assetChanges';
import type { Assets, Document, RunInfo, Runs, StartUp } from './bindings';
import { assetsQuery } from './queries';
import { onEvents, type StudioEvent } from './rpc';

/** Queries that are invalidated with a delay: a drag changes a document many times a second. */
const DELAYED = new Set([
  'asset_details',
  'asset_states',
  'export_plan',
  'matrix',
  'sheet',
  'snippet',
]);

/** The delay, in milliseconds. */
const DELAY = 120;

/** The list of assets changes at most once in this time, in milliseconds. */
const BATCH_TIME = 300;

type Stale = (...keys: string[]) => void;

/** Keeps the client's cache up to date until the returned function is called. */
export function invalidateOnEvents(client: QueryClient): () => void {
  const delayed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const invalidate = (keys: Iterable<string>) => {
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
  };
  const stale: Stale = (...keys) => {
    invalidate(keys.filter((key) => !DELAYED.has(key)));
    for (const key of keys) if (DELAYED.has(key)) delayed.add(key);
    if (delayed.size === 0 || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      const due = [...delayed];
      delayed.clear();
      invalidate(due);
    }, DELAY);
  };
  // The first change is applied at once; those that follow while a folder is scanned, in batches.
  let batch: AssetsEvent[] = [];
  let batchTimer: ReturnType<typeof setTimeout> | undefined;
  const applyBatch = () => {
    batchTimer = undefined;
    if (batch.length === 0) return;
    const change = combine(batch);
    batch = [];
    batchTimer = setTimeout(applyBatch, BATCH_TIME);
    applyEvent(client, change, stale);
  };
  const stop = onEvents((events) => {
    for (const event of events) {
      if (event.kind === 'assets') {
        batch.push(event);
        if (batchTimer === undefined) applyBatch();
        continue;
      }
      // Changes of the former workspace.
      if (event.kind === 'workspace') batch = [];
      applyEvent(client, event, stale);
    }
  });
  return () => {
    clearTimeout(timer);
    clearTimeout(batchTimer);
    stop();
  };
}

/** Applies one event; `stale` gets the keys of the queries that it makes stale. */
export function applyEvent(
  client: QueryClient,
  event: StudioEvent,
  stale: Stale = (...keys) => {
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
  },
) {
  switch (event.kind) {
    case 'lost':
      void client.invalidateQueries();
      // Loaded while the window is still being built, so that it is there sooner.
      void client.prefetchQuery(assetsQuery);
      break;
    case 'workspace':
      removed.clear();
      client.setQueryData(['start_up'], (former: StartUp | undefined) =>
        former ? { ...former, workspace: event.workspace } : former,
      );
      for (const key of ['assets', 'presets', 'document', 'history', 'runs', 'run_rows']) {
        client.removeQueries({ queryKey: [key], type: 'inactive' });
      }
      client.setQueryData(['assets'], { assets: [], complete: false });
      stale('start_up', 'assets', 'presets', 'document', 'history', 'runs', 'run_rows');
      if (event.workspace) void client.prefetchQuery(assetsQuery);
      stale('asset_details', 'sheet', 'matrix', 'asset_states', 'snippet');
      break;
    case 'assets': {
      recordChange(event);
      const state = client.getQueryState<Assets>(['assets']);
      const isLoading = (state?.fetchStatus ?? 'idle') !== 'idle';
      // Before the first response the event is not the whole list.
      const isFirst = !state?.data || (isLoading && state.data.assets.length === 0);
      if (!isFirst) {
        const isStale = state.isInvalidated && !isLoading;
        client.setQueryData(
          ['assets'],
          (former: Assets | undefined) => former && applyChange(former, event),
        );
        if (isStale) stale('assets');
      }
      stale('asset_details', 'sheet', 'matrix', 'asset_states');
      break;
    }
    case 'states':
      stale('sheet', 'matrix', 'asset_states');
      break;
    case 'presets':
      stale('presets', 'sheet', 'matrix', 'asset_states');
      break;
    case 'document': {
      // A change made in this window has updated the document already.
      const known = client.getQueryData<Document>(['document', event.file]);
      if (!known || known.revision < event.revision) stale('document');
      stale('sheet', 'matrix', 'snippet', 'export_plan');
      break;
    }
    case 'history':
      client.setQueryData(['history'], { undo: event.undo, redo: event.redo });
      break;
    case 'activity':
      useActivity.getState().set(event);
      break;
    case 'run':
      updateRun(client, event);
      break;
    case 'notice':
      useNotices.getState().add(event.level, event.message);
      break;
  }
}

/** Runs that the user removed from the list: later events about them are ignored. */
const removed = new Set<number>();

/** Removes a run from the list. */
export function removeRun(client: QueryClient, id: number) {
  removed.add(id);
  client.setQueryData(
    ['runs'],
    (former: Runs | undefined) => former && { runs: former.runs.filter((run) => run.id !== id) },
  );
}

/** Updates a run in the list, unless the list has newer data about it. */
export function updateRun(client: QueryClient, { id, ...run }: RunInfo & { kind?: 'run' }) {
  const { kind: _, ...info } = run;
  if (removed.has(id)) return;
  // A response that is still loading may be older than this event.
  if (client.isFetching({ queryKey: ['runs'] }) > 0) {
    void client.invalidateQueries({ queryKey: ['runs'] });
  }
  client.setQueryData(['runs'], (former: Runs | undefined) => withRun(former, { id, ...info }));
  void client.invalidateQueries({ queryKey: ['run_rows', id] });
}

function withRun(former: Runs | undefined, run: RunInfo): Runs {
  const runs = former?.runs ?? [];
  const known = runs.find((one) => one.id === run.id);
  if (!known) return { runs: [run, ...runs] };
  return { runs: known.seen > run.seen ? runs : runs.map((one) => (one === known ? run : one)) };
}
