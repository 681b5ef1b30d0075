// The only file that talks to the program: commands, events, and the functions of the desktop.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { ApiError, Commands, Event } from './bindings';

export type { ApiError } from './bindings';

/** `lost`: events were missed, so that everything must be loaded again. */
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

/** Whether a caught value is a command's error. */
export function isApiError(error: unknown): error is ApiError {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

/** The message of any caught value, for the user. */
export function messageOf(error: unknown): string {
  if (isApiError(error) || error instanceof Error) return error.message;
  return String(error);
}

/**
 * Subscribes to the program's events until the returned function is called. The first event is
 * `lost`: data that was loaded before the subscription may be out of date.
 */
export function onEvents(listener: (events: StudioEvent[]) => void): () => void {
  const listening = listen<StudioEvent[]>('studio', ({ payload }) => listener(payload));
  void listening.then(() => listener([{ kind: 'lost' }]));
  return unlistening(listening);
}

/** Subscribes to the menu bar; `listener` gets the chosen item's action id. */
export function onMenu(listener: (action: string) => void): () => void {
  return unlistening(listen<string>('menu', ({ payload }) => listener(payload)));
}

export type FileDrag =
  /** `paths` are known when the drag enters the window; null: as before. */
  | { kind: 'over'; paths: string[] | null; x: number; y: number }
  | { kind: 'leave' }
  | { kind: 'drop'; paths: string[]; x: number; y: number };

/** Subscribes to drags of files from other programs over the window. Positions are in CSS pixels. */
export function onFileDrag(listener: (drag: FileDrag) => void): () => void {
  type Payload = { paths?: string[]; position: { x: number; y: number } };
  const at = ({ position }: Payload) => ({
    x: position.x / window.devicePixelRatio,
    y: position.y / window.devicePixelRatio,
  });
  const stops = [
    listen<Payload>('tauri://drag-enter', ({ payload }) =>
      listener({ kind: 'over', paths: payload.paths ?? null, ...at(payload) }),
    ),
    listen<Payload>('tauri://drag-over', ({ payload }) =>
      listener({ kind: 'over', paths: null, ...at(payload) }),
    ),
    listen('tauri://drag-leave', () => listener({ kind: 'leave' })),
    listen<Payload>('tauri://drag-drop', ({ payload }) =>
      listener({ kind: 'drop', paths: payload.paths ?? [], ...at(payload) }),
    ),
  ].map(unlistening);
  return () => {
    for (const stop of stops) stop();
  };
}

function unlistening(listening: Promise<() => void>): () => void {
  return () => void listening.then((stop) => stop());
}

/** Lets the user choose a folder in the system's dialog; null if cancelled. */
export async function chooseFolder(title: string, start?: string): Promise<string | null> {
  const [folder] = await invoke<string[]>('choose', { kind: 'folder', title, start });
  return folder ?? null;
}

/** Lets the user choose files in the system's dialog; empty if cancelled. */
export function chooseFiles(title: string, start?: string): Promise<string[]> {
  return invoke<string[]>('choose', { kind: 'files', title, start });
}

/** Lets the user choose the path of a new file in the system's dialog; null if cancelled. */
export function chooseNewFile(title: string, name: string, start?: string): Promise<string | null> {
  return invoke<string | null>('choose_new', { title, name, start });
}

/** Shows a file in the system's file manager. */
export function reveal(path: string): Promise<void> {
  return invoke('reveal', { path });
}

/** Starts dragging a file out of the window; the pointer must be down. */
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

/** Sets the theme of the window's frame; null: the system's. */
export function setWindowTheme(theme: 'light' | 'dark' | null): Promise<void> {
  return invoke('set_theme', { theme });
}

/** URLs of pictures. */
export const picture = {
  thumbnail: (asset: { id: number; version: string }, pixels: number) =>
    `variant://localhost/thumbnail/${asset.id}/${asset.version}/${pixels}`,
  /** 0 pixels: the full size. */
  original: (asset: { id: number; version: string }, pixels: number) =>
    `variant://localhost/original/${asset.id}/${asset.version}/${pixels}`,
};
