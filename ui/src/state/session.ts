// Saves what the window restores at its next start: view, panels, selection, recent actions.
//
// A saved session may be old, from another version, or damaged: every part is checked, and invalid
// parts get their initial values.
import type { QueryClient } from '@tanstack/react-query';
import type { Asset, JsonValue, StartUp } from '@/api/bindings';
import { assetsQuery, startUpQuery } from '@/api/queries';
import { call } from '@/api/rpc';
import { type ExportChoices, initialChoices, useExportChoices } from './exportChoices';
import { initialSizes, type PanelSizes, usePanels } from './panels';
import { MOST_RECENT, useRecent } from './recent';
import { useSelection } from './selection';
import { type ActiveGenerator, initialView, useView, type View } from './view';

/** The session is saved at most once in this time, in milliseconds. */
const PAUSE = 200;

/** A selection of more assets is not saved. */
const MOST_SELECTED = 500;

const VERSION = 1;

export interface Session {
  /** The workspace that folder, generator and selection belong to. */
  workspace: string | null;
  view: View;
  panels: PanelSizes;
  /** The views and panels of other workspaces, the one left last first. */
  layouts: readonly WorkspaceLayout[];
  /** The paths of the selected assets and of the focused one. */
  selection: { paths: string[]; focus: string | null };
  recent: string[];
  exporting: ExportChoices;
}

/** How the window looked when a workspace was left. */
interface WorkspaceLayout {
  workspace: string;
  view: View;
  panels: PanelSizes;
}

/** The number of workspaces whose layout is remembered. */
const MOST_LAYOUTS = 20;

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fields = (value: unknown): Fields => (isFields(value) ? value : {});

const text = (value: unknown, longest = 4096) =>
  typeof value === 'string' && value.length <= longest ? value : null;

const texts = (value: unknown, most: number): string[] =>
  (Array.isArray(value) ? value : [])
    .map((one) => text(one))
    .filter((one) => one !== null)
    .slice(0, most);

const number = (value: unknown, least: number, most: number, otherwise: number) =>
  typeof value === 'number' && Number.isFinite(value)
    ? Math.min(most, Math.max(least, value))
    : otherwise;

function oneOf<V>(value: unknown, allowed: readonly V[], otherwise: V): V {
  return allowed.find((one) => one === value) ?? otherwise;
}

const truth = (value: unknown, otherwise: boolean) =>
  typeof value === 'boolean' ? value : otherwise;

function active(value: unknown): ActiveGenerator | null {
  const { file, generator, variation, format } = fields(value);
  const [inFile, name] = [text(file), text(generator)];
  if (!inFile || !name) return null;
  return { file: inFile, generator: name, variation: text(variation), format: text(format) };
}

function viewOf(value: unknown): View {
  const view = fields(value);
  const first = initialView;
  return {
    current: oneOf(view.current, ['grid', 'matrix', 'compare', 'sheet'], first.current),
    sidebar: truth(view.sidebar, first.sidebar),
    inspector: truth(view.inspector, first.inspector),
    activity: truth(view.activity, first.activity),
    editor: oneOf(view.editor, ['form', 'text', 'image'], first.editor),
    thumbnail: number(view.thumbnail, 64, 512, first.thumbnail),
    search: text(view.search, 200) ?? first.search,
    folder: text(view.folder) ?? first.folder,
    mark: text(view.mark, 100),
    formats: texts(view.formats, 40),
    orientation: oneOf(view.orientation, ['landscape', 'portrait', 'square'], null),
    state: oneOf(view.state, ['missing', 'stale', 'failed'], null),
    rating: oneOf(view.rating, [1, 2, 3, 4, 5], null),
    sort: oneOf(view.sort, ['path', 'name', 'changed', 'size'], first.sort),
    compare: oneOf(view.compare, ['split', 'side', 'flip', 'difference', 'many'], first.compare),
    backdrop: oneOf(view.backdrop, ['checker', 'dark', 'light'], first.backdrop),
    pixelExact: truth(view.pixelExact, first.pixelExact),
    active: active(view.active),
    beside: (Array.isArray(view.beside) ? view.beside : [])
      .map(active)
      .filter((one) => one !== null)
      .slice(0, 8),
  };
}

function panelsOf(value: unknown): PanelSizes {
  const panels = fields(value);
  return {
    sidebar: number(panels.sidebar, 170, 420, initialSizes.sidebar),
    inspector: number(panels.inspector, 270, 640, initialSizes.inspector),
    activity: number(panels.activity, 140, 900, initialSizes.activity),
    library: number(panels.library, 10, 90, initialSizes.library),
  };
}

function layoutsOf(value: unknown): WorkspaceLayout[] {
  return (Array.isArray(value) ? value : []).slice(0, MOST_LAYOUTS).flatMap((one) => {
    const layout = fields(one);
    const workspace = text(layout.workspace);
    if (workspace === null) return [];
    return [{ workspace, view: viewOf(layout.view), panels: panelsOf(layout.panels) }];
  });
}

/** Reads a saved session; invalid parts get their initial values. */
export function readSession(kept: unknown): Session {
  const all = fields(kept);
  const known = all.version === VERSION ? all : {};
  const selection = fields(known.selection);
  const exporting = fields(known.exporting);
  return {
    workspace: text(known.workspace),
    view: viewOf(known.view),
    panels: panelsOf(known.panels),
    layouts: layoutsOf(known.layouts),
    selection: { paths: texts(selection.paths, MOST_SELECTED), focus: text(selection.focus) },
    recent: texts(known.recent, MOST_RECENT),
    exporting: {
      template: text(exporting.template, 1000) ?? initialChoices.template,
      onConflict: oneOf(
        exporting.onConflict,
        ['unique', 'overwrite', 'if-changed', 'skip'],
        initialChoices.onConflict,
      ),
    },
  };
}

/** The parts of the view that are reset when another workspace is opened. */
const ofWorkspace = {
  folder: '',
  mark: null,
  search: '',
  formats: [],
  orientation: null,
  state: null,
  rating: null,
  active: null,
  beside: [],
} satisfies Partial<View>;

/** The layouts of the workspaces that are not open. */
let layouts: readonly WorkspaceLayout[] = [];

/** Remembers the layout of a workspace that is left. */
function leave(workspace: string | undefined) {
  if (workspace === undefined) return;
  const { set: _view, ...view } = useView.getState();
  const { set: _panels, ...panels } = usePanels.getState();
  const others = layouts.filter((one) => one.workspace !== workspace);
  layouts = [{ workspace, view, panels }, ...others].slice(0, MOST_LAYOUTS);
}

/** Restores the layout of a workspace that is opened; a new one begins with the window's. */
function enter(workspace: string | undefined) {
  const layout = layouts.find((one) => one.workspace === workspace);
  useView.getState().set(layout?.view ?? ofWorkspace);
  if (layout) usePanels.getState().set(layout.panels);
}

/** Restores the saved session, and returns the selection: it is restored when the assets are known. */
export function restoreSession(startUp: StartUp): Session['selection'] {
  const session = readSession(startUp.session);
  const { workspace, view, panels, selection, recent, exporting } = session;
  const opened = startUp.workspace?.path;
  const same = workspace !== null && workspace === opened;
  layouts = session.layouts;
  useView.getState().set(view);
  usePanels.getState().set(panels);
  if (!same) {
    leave(workspace ?? undefined);
    enter(opened);
  }
  useRecent.setState({ actions: recent });
  useExportChoices.getState().set({ ...exporting, destination: startUp.destination });
  return same ? selection : { paths: [], focus: null };
}

/** Selects the assets at these paths; returns whether there is any. */
export function selectPaths(assets: readonly Asset[], { paths, focus }: Session['selection']) {
  const wanted = new Set(paths);
  const ids = assets.filter((asset) => wanted.has(asset.path)).map(({ id }) => id);
  const focused = assets.find((asset) => asset.path === focus)?.id ?? ids[0] ?? null;
  if (focused === null) return false;
  useSelection.getState().set(ids, focused, focused);
  return true;
}

/** `waiting`: the selection that is still to be restored; it is saved again until then. */
function currentSession(
  client: QueryClient,
  waiting: Session['selection'] | null,
): Session & { version: number } {
  const startUp = client.getQueryData<StartUp>(startUpQuery.queryKey);
  const { set: _view, ...view } = useView.getState();
  const { set: _panels, ...panels } = usePanels.getState();
  const { ids, focus } = useSelection.getState();
  const { template, onConflict } = useExportChoices.getState();
  const assets = client.getQueryData(assetsQuery.queryKey)?.assets ?? [];
  const selected = ids.size > 0 && ids.size <= MOST_SELECTED;
  return {
    version: VERSION,
    workspace: startUp?.workspace?.path ?? null,
    view,
    panels,
    layouts,
    selection: waiting ?? {
      paths: selected ? assets.filter(({ id }) => ids.has(id)).map(({ path }) => path) : [],
      focus: focus === null ? null : (assets.find(({ id }) => id === focus)?.path ?? null),
    },
    recent: useRecent.getState().actions,
    exporting: { template, onConflict },
  };
}

/** Restores the session, then saves every change until the returned function is called. */
export function persistSession(client: QueryClient, startUp: StartUp): () => void {
  const waiting = { selection: restoreSession(startUp), workspace: startUp.workspace?.path };
  const tryToSelect = () => {
    const { assets = [], complete = false } = client.getQueryData(assetsQuery.queryKey) ?? {};
    if (waiting.workspace === undefined || (assets.length === 0 && !complete)) return;
    // A selection that the user has made meanwhile is kept.
    const chosen = useSelection.getState().focus !== null;
    if (chosen || selectPaths(assets, waiting.selection) || complete) waiting.workspace = undefined;
  };

  let workspace = startUp.workspace?.path;
  let saved = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let due = 0;
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    due = Date.now() + PAUSE;
    const isWaiting = waiting.workspace !== undefined;
    const session = currentSession(client, isWaiting ? waiting.selection : null);
    const now = JSON.stringify(session);
    if (now === saved) return;
    saved = now;
    // A session that cannot be saved needs no error message.
    void call('save_session', { session: session as unknown as JsonValue }).catch(() => {});
  };
  // Saved at once, then at most once in `PAUSE`: killing the program loses no more than that.
  const later = () => {
    timer ??= setTimeout(save, Math.max(0, due - Date.now()));
  };
  const changed = () => {
    const path = client.getQueryData<StartUp>(startUpQuery.queryKey)?.workspace?.path;
    if (path !== workspace) {
      leave(workspace);
      workspace = path;
      waiting.workspace = undefined;
      useSelection.getState().clear();
      enter(path);
      useExportChoices.getState().set({ generators: null, parameters: {}, csv: null });
      later();
    }
    if (waiting.workspace !== undefined) tryToSelect();
  };
  changed();
  const stops = [
    client.getQueryCache().subscribe(({ type, query }) => {
      const key = query.queryKey[0];
      if (type === 'updated' && (key === 'start_up' || key === 'assets')) changed();
    }),
    useView.subscribe(later),
    usePanels.subscribe(later),
    useSelection.subscribe(later),
    useRecent.subscribe(later),
    useExportChoices.subscribe(later),
  ];
  window.addEventListener('pagehide', save);
  return () => {
    window.removeEventListener('pagehide', save);
    for (const stop of stops) stop();
    save();
  };
}
