import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonValue, StartUp } from '@/api/bindings';
import { call } from '@/api/rpc';
import { asset as assetOf } from '@/testing/assets';
import { initialSizes, usePanels } from './panels';
import { useRecent } from './recent';
import { useSelection } from './selection';
import { persistSession, readSession } from './session';
import { initialView, useView } from './view';

vi.mock('@/api/rpc', () => ({ call: vi.fn(async () => ({})) }));

const asset = (id: number, path: string) => assetOf(id, { path });

const startUp = (session: unknown, path: string | null): StartUp => ({
  version: '1',
  recent: [],
  destination: null,
  workspace: path ? { path, name: 'w', samples: false, read_only: null, notices: [] } : null,
  session: session as JsonValue,
  settings: {} as StartUp['settings'],
  schema: {},
  writes: [],
  refused: null,
  trouble: null,
});

beforeEach(() => {
  useView.setState(initialView);
  usePanels.setState(initialSizes);
  useSelection.getState().clear();
  useRecent.setState({ actions: [] });
  vi.mocked(call).mockClear();
});

describe('a session that is read', () => {
  it('is as at the first start where it is damaged', () => {
    for (const kept of [
      null,
      7,
      'x',
      [],
      { version: 99, view: { current: 'matrix' } },
      { version: 1, view: [], panels: 'wide', selection: 3, recent: {} },
    ]) {
      const session = readSession(kept);
      expect(session.view).toEqual(initialView);
      expect(session.panels).toEqual(initialSizes);
      expect(session.selection).toEqual({ paths: [], focus: null });
    }
  });

  it('loses only the parts that do not fit', () => {
    const session = readSession({
      version: 1,
      workspace: '/photos',
      view: {
        current: 'explode',
        thumbnail: 1e9,
        compare: 'side',
        sidebar: 'no',
        formats: ['png', 5, null],
        active: { file: 'a.preset.toml', generator: 9 },
        beside: [{ file: 'a', generator: 'b', variation: '640', format: 4 }, 'x'],
        __proto__: { current: 'sheet' },
      },
      panels: { sidebar: -5, inspector: Number.NaN, library: 55 },
      selection: { paths: ['a.png', {}], focus: 12 },
      recent: ['view.grid', 4, 'x'.repeat(5000)],
    });
    expect(session.view).toEqual({
      ...initialView,
      thumbnail: 512,
      compare: 'side',
      formats: ['png'],
      beside: [{ file: 'a', generator: 'b', variation: '640', format: null }],
    });
    expect(session.panels).toEqual({ ...initialSizes, sidebar: 170, library: 55 });
    expect(session.selection).toEqual({ paths: ['a.png'], focus: null });
    expect(session.recent).toEqual(['view.grid']);
  });
});

describe('a session that is kept', () => {
  const kept = {
    version: 1,
    workspace: '/photos',
    view: { ...initialView, current: 'matrix', folder: 'summer' },
    panels: initialSizes,
    selection: { paths: ['b.png', 'gone.png'], focus: 'b.png' },
    recent: [],
  };

  it('selects by path once the assets are there', () => {
    const client = new QueryClient();
    const start = startUp(kept, '/photos');
    client.setQueryData(['start_up'], start);
    const stop = persistSession(client, start);
    expect(useView.getState()).toMatchObject({ current: 'matrix', folder: 'summer' });
    expect(useSelection.getState().focus).toBeNull();
    client.setQueryData(['assets'], {
      assets: [asset(3, 'a.png'), asset(9, 'b.png')],
      complete: true,
    });
    expect([...useSelection.getState().ids]).toEqual([9]);
    expect(useSelection.getState().focus).toBe(9);
    stop();
  });

  it('means nothing in another workspace', () => {
    const client = new QueryClient();
    const start = startUp(kept, '/others');
    client.setQueryData(['start_up'], start);
    const stop = persistSession(client, start);
    client.setQueryData(['assets'], { assets: [asset(9, 'b.png')], complete: true });
    expect(useView.getState()).toMatchObject({ current: 'matrix', folder: '' });
    expect(useSelection.getState().focus).toBeNull();
    stop();
  });

  it('remembers view and panels of each workspace', () => {
    const client = new QueryClient();
    const open = (path: string | null) => client.setQueryData(['start_up'], startUp(null, path));
    const start = startUp(kept, '/photos');
    client.setQueryData(['start_up'], start);
    const stop = persistSession(client, start);
    usePanels.getState().set({ sidebar: 300 });
    open('/others');
    expect(useView.getState()).toMatchObject({ current: 'matrix', folder: '', active: null });
    const active = { file: 'a', generator: 'b', variation: null, format: null };
    useView.getState().set({ current: 'compare', active, sidebar: false });
    usePanels.getState().set({ sidebar: 200 });
    open('/photos');
    expect(useView.getState()).toMatchObject({ current: 'matrix', folder: 'summer', active: null });
    expect(usePanels.getState().sidebar).toBe(300);
    stop();
    // A later start opens the other one.
    const session = vi.mocked(call).mock.calls.at(-1) as unknown as [string, { session: unknown }];
    const next = startUp(session[1].session, '/others');
    client.setQueryData(['start_up'], next);
    persistSession(client, next)();
    expect(useView.getState()).toMatchObject({ current: 'compare', active, sidebar: false });
    expect(usePanels.getState().sidebar).toBe(200);
  });

  const saved = () =>
    vi
      .mocked(call)
      .mock.calls.filter(([name]) => (name as string) === 'save_session')
      .map((words) => readSession((words as unknown as [string, { session: unknown }])[1].session));

  it('is saved at once, and then once in a pause', () => {
    vi.useFakeTimers();
    const client = new QueryClient();
    const start = startUp(null, null);
    client.setQueryData(['start_up'], start);
    const stop = persistSession(client, start);
    useView.getState().set({ current: 'sheet' });
    useView.getState().set({ activity: true });
    vi.advanceTimersByTime(1);
    expect(saved()).toMatchObject([{ view: { current: 'sheet', activity: true } }]);
    for (const sidebar of [250, 260, 270]) {
      usePanels.getState().set({ sidebar });
      vi.advanceTimersByTime(50);
    }
    expect(saved()).toHaveLength(1);
    vi.advanceTimersByTime(50);
    expect(saved()).toHaveLength(2);
    expect(saved()[1]).toMatchObject({ view: { current: 'sheet' }, panels: { sidebar: 270 } });
    stop();
    vi.useRealTimers();
  });

  it('is saved while the selection still waits for its assets, which is not forgotten', () => {
    vi.useFakeTimers();
    const client = new QueryClient();
    const start = startUp(kept, '/photos');
    client.setQueryData(['start_up'], start);
    const stop = persistSession(client, start);
    usePanels.getState().set({ inspector: 400 });
    vi.advanceTimersByTime(1);
    expect(saved()).toMatchObject([{ panels: { inspector: 400 }, selection: kept.selection }]);
    stop();
    vi.useRealTimers();
  });
});
