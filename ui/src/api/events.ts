// What each event makes stale: the one place where the window's knowledge is kept fresh.
import type { QueryClient } from '@tanstack/react-query';
import { useActivity } from '@/state/activity';
import { useNotices } from '@/state/notices';
import type { Assets, Document, Event, RunInfo, Runs, StartUp } from './bindings';
import { onEvents, type StudioEvent } from './rpc';

/** What may be asked for a moment later: a drag changes a document many times a second. */
const PATIENT = new Set([
  'asset_details',
  'asset_states',
  'export_plan',
  'matrix',
  'sheet',
  'snippet',
]);

/** How much later, in milliseconds. */
const MOMENT = 120;

type Stale = (...keys: string[]) => void;

/** Keeps the client's knowledge fresh until the returned function is called. */
export function keepFresh(client: QueryClient): () => void {
  const patient = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = (keys: Iterable<string>) => {
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
  };
  const stale: Stale = (...keys) => {
    ask(keys.filter((key) => !PATIENT.has(key)));
    for (const key of keys) if (PATIENT.has(key)) patient.add(key);
    if (patient.size === 0 || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      const due = [...patient];
      patient.clear();
      ask(due);
    }, MOMENT);
  };
  const stop = onEvents((events) => {
    for (const event of events) take(client, event, stale);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** Takes one event; `stale` hears what is to be asked for anew. */
export function take(
  client: QueryClient,
  event: StudioEvent,
  stale: Stale = (...keys) => {
    for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
  },
) {
  switch (event.kind) {
    case 'lost':
      void client.invalidateQueries();
      break;
    case 'workspace':
      client.setQueryData(['start_up'], (former: StartUp | undefined) =>
        former ? { ...former, workspace: event.workspace } : former,
      );
      for (const key of ['assets', 'presets', 'document', 'history', 'runs', 'run_rows']) {
        client.removeQueries({ queryKey: [key], type: 'inactive' });
      }
      client.setQueryData(['assets'], { assets: [], complete: false });
      stale('start_up', 'assets', 'presets', 'document', 'history', 'runs', 'run_rows');
      stale('asset_details', 'sheet', 'matrix', 'asset_states', 'snippet');
      break;
    case 'assets': {
      // Before the first answer this news is not the whole list, and an answer that is on its way
      // or still to be asked for may be older or newer than it: then all is asked for anew.
      const state = client.getQueryState<Assets>(['assets']);
      const isIdle = (state?.fetchStatus ?? 'idle') === 'idle';
      const isWhole = state?.data && !state.isInvalidated && isIdle;
      const begin = isIdle ? undefined : { assets: [], complete: false };
      client.setQueryData(['assets'], (former: Assets | undefined = begin) =>
        former ? merge(former, event) : undefined,
      );
      if (!isWhole) stale('assets');
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
      // Who made the change has the document already.
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
      putRun(client, event);
      break;
    case 'notice':
      useNotices.getState().add(event.level, event.message);
      break;
  }
}

type AssetsEvent = Extract<Event, { kind: 'assets' }>;

/** The list with the changes put in, ordered by path. */
export function merge(former: Assets, event: AssetsEvent): Assets {
  const known = new Map(former.assets.map((asset) => [asset.id, asset]));
  for (const id of event.removed) known.delete(id);
  let moved = event.removed.length > 0;
  for (const asset of event.changed) {
    moved ||= known.get(asset.id)?.path !== asset.path;
    known.set(asset.id, asset);
  }
  const assets = [...known.values()];
  if (moved) assets.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { assets, complete: event.complete };
}

/** Puts a run as it is now in its place. */
export function putRun(client: QueryClient, { id, ...run }: RunInfo & { kind?: 'run' }) {
  const { kind: _, ...info } = run;
  // An answer that is on its way may be older than this news: it is asked for anew.
  if (client.isFetching({ queryKey: ['runs'] }) > 0) {
    void client.invalidateQueries({ queryKey: ['runs'] });
  }
  client.setQueryData(['runs'], (former: Runs | undefined) => withRun(former, { id, ...info }));
  void client.invalidateQueries({ queryKey: ['run_rows', id] });
}

function withRun(former: Runs | undefined, run: RunInfo): Runs {
  const runs = former?.runs ?? [];
  const known = runs.some((one) => one.id === run.id);
  return { runs: known ? runs.map((one) => (one.id === run.id ? run : one)) : [run, ...runs] };
}
