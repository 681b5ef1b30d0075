// The one door to the program: its commands, its events, and what only a desktop can do.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { ApiError, Commands, Event } from './bindings';

export type { ApiError } from './bindings';

/** `lost`: events were missed; everything is to be asked for anew. */
export type StudioEvent = Event | { kind: 'lost' };

type Name = keyof Commands;
type Arguments<N extends Name> = Parameters<Commands[N]>[0];
type Reply<N extends Name> = ReturnType<Commands[N]>;

/** Runs a command. Rejects with an `ApiError`. */
export function call<N extends Name>(
  name: N,
  ...[arguments_]: Record<never, never> extends Arguments<N> ? [] | [Arguments<N>] : [Arguments<N>]
): Promise<Reply<N>> {
  return invoke<Reply<N>>('call', { name, arguments: arguments_ ?? {} });
}

/** Whether something that was caught is a command's error. */
export function isApiError(error: unknown): error is ApiError {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

/** A sentence for a person, whatever was caught. */
export function messageOf(error: unknown): string {
  if (isApiError(error) || error instanceof Error) return error.message;
  return String(error);
}

/**
 * Hears the program's events, until the returned function is called. Begins with `lost`: what was
 * asked for before the ear was open may be out of date already.
 */
export function onEvents(hear: (events: StudioEvent[]) => void): () => void {
  const listening = listen<StudioEvent[]>('studio', ({ payload }) => hear(payload));
  void listening.then(() => hear([{ kind: 'lost' }]));
  return unlistening(listening);
}

/** Hears which menu item was chosen, by its action's id. */
export function onMenu(hear: (action: string) => void): () => void {
  return unlistening(listen<string>('menu', ({ payload }) => hear(payload)));
}

export type FileDrag =
  /** `paths` are known when the drag enters the window; null: as before. */
  | { kind: 'over'; paths: string[] | null; x: number; y: number }
  | { kind: 'leave' }
  | { kind: 'drop'; paths: string[]; x: number; y: number };

/** Hears of files from other programs that are dragged over the window. Places in CSS pixels. */
export function onFileDrag(hear: (drag: FileDrag) => void): () => void {
  type Payload = { paths?: string[]; position: { x: number; y: number } };
  const at = ({ position }: Payload) => ({
    x: position.x / window.devicePixelRatio,
    y: position.y / window.devicePixelRatio,
  });
  const stops = [
    listen<Payload>('tauri://drag-enter', ({ payload }) =>
      hear({ kind: 'over', paths: payload.paths ?? null, ...at(payload) }),
    ),
    listen<Payload>('tauri://drag-over', ({ payload }) =>
      hear({ kind: 'over', paths: null, ...at(payload) }),
    ),
    listen('tauri://drag-leave', () => hear({ kind: 'leave' })),
    listen<Payload>('tauri://drag-drop', ({ payload }) =>
      hear({ kind: 'drop', paths: payload.paths ?? [], ...at(payload) }),
    ),
  ].map(unlistening);
  return () => {
    for (const stop of stops) stop();
  };
}

function unlistening(listening: Promise<() => void>): () => void {
  return () => void listening.then((stop) => stop());
}

/** Asks for a folder in the system's dialog; null where the person leaves it. */
export async function chooseFolder(title: string, start?: string): Promise<string | null> {
  const [folder] = await invoke<string[]>('choose', { kind: 'folder', title, start });
  return folder ?? null;
}

/** Asks for files in the system's dialog. */
export function chooseFiles(title: string, start?: string): Promise<string[]> {
  return invoke<string[]>('choose', { kind: 'files', title, start });
}

/** Asks for the name of a new file; null where the person leaves it. */
export function chooseNewFile(title: string, name: string, start?: string): Promise<string | null> {
  return invoke<string | null>('choose_new', { title, name, start });
}

/** Shows a file in the system's file manager. */
export function reveal(path: string): Promise<void> {
  return invoke('reveal', { path });
}

/** Begins to drag a file to another program; the pointer must be down. */
export function dragOut(path: string, image: string): Promise<void> {
  return invoke('drag_out', { path, image });
}

export interface MenuItem {
  kind: 'action';
  id: string;
  label: string;
  accelerator: string | null;
  enabled: boolean;
}

export interface Menu {
  label: string;
  items: (MenuItem | { kind: 'separator' })[];
}

/** Sets the window's menu bar. */
export function setMenu(menus: Menu[]): Promise<void> {
  return invoke('set_menu', { menus });
}

/** Sets the window's own colours; null: as the system has it. */
export function setWindowTheme(theme: 'light' | 'dark' | null): Promise<void> {
  return invoke('set_theme', { theme });
}

/** The page's address of a picture. */
export const picture = {
  thumbnail: (asset: { id: number; version: string }, pixels: number) =>
    `variant://localhost/thumbnail/${asset.id}/${asset.version}/${pixels}`,
  /** 0 pixels: the full size. */
  original: (asset: { id: number; version: string }, pixels: number) =>
    `variant://localhost/original/${asset.id}/${asset.version}/${pixels}`,
};
