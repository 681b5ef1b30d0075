// What each event makes stale: the one place where the window's knowledge is kept fresh.
import type { QueryClient } from '@tanstack/react-query';
import { useActivity } from '@/state/activity';
import { useNotices } from '@/state/notices';
import { type AssetsEvent, merge, note, together } from './assetChanges';
import type { Assets, Document, RunInfo, Runs, StartUp } from './bindings';
import { assetsQuery } from './queries';
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

/** The list of assets is changed at most this often, in milliseconds. */
const GATHER = 300;

type Stale = (...keys: string[]) => void;

/** Keeps the client's knowledge fresh until the returned function is called. */
export function invalidateOnEvents(client: QueryClient): () => void {
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
  // The first news are told at once; while a folder is looked through, the others together.
  let gathered: AssetsEvent[] = [];
  let gathering: ReturnType<typeof setTimeout> | undefined;
  const tellGathered = () => {
    gathering = undefined;
    if (gathered.length === 0) return;
    const news = together(gathered);
    gathered = [];
    gathering = setTimeout(tellGathered, GATHER);
    take(client, news, stale);
  };
  const stop = onEvents((events) => {
    for (const event of events) {
      if (event.kind === 'assets') {
        gathered.push(event);
        if (gathering === undefined) tellGathered();
        continue;
      }
      // What is left of another workspace.
      if (event.kind === 'workspace') gathered = [];
      take(client, event, stale);
    }
  });
  return () => {
    clearTimeout(timer);
    clearTimeout(gathering);
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
      // It is asked for while the window is still being built: nobody waits for it the less.
      void client.prefetchQuery(assetsQuery);
      break;
    case 'workspace':
      forgotten.clear();
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
      note(event);
      const state = client.getQueryState<Assets>(['assets']);
      const isOnItsWay = (state?.fetchStatus ?? 'idle') !== 'idle';
      // Before the first answer this news is not the whole list.
      const isFirst = !state?.data || (isOnItsWay && state.data.assets.length === 0);
      if (!isFirst) {
        const isStale = state.isInvalidated && !isOnItsWay;
        client.setQueryData(
          ['assets'],
          (former: Assets | undefined) => former && merge(former, event),
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

/** Runs that a person has taken off the list: what is still on its way about them comes too late. */
const forgotten = new Set<number>();

/** Takes a run off the list. */
export function dropRun(client: QueryClient, id: number) {
  forgotten.add(id);
  client.setQueryData(
    ['runs'],
    (former: Runs | undefined) => former && { runs: former.runs.filter((run) => run.id !== id) },
  );
}

/** Puts a run in its place, unless what is known of it was seen later. */
export function putRun(client: QueryClient, { id, ...run }: RunInfo & { kind?: 'run' }) {
  const { kind: _, ...info } = run;
  if (forgotten.has(id)) return;
  // An answer that is on its way may be older than this news: it is asked for anew.
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
