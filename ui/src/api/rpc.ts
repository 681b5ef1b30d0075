// The only file that talks to the program: commands, events, and the functions of the desktop.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { density } from '@/state/density';
import type { ApiError, Commands, Event, Grant, PreviewArguments, Purpose } from './bindings';

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

/**
 * Subscribes to the user's wish to close the window, which stays open until `closeWindow` is called.
 */
export function onLeave(listener: () => void): () => void {
  return unlistening(
    listen('leave', () => {
      void invoke('hold_window');
      listener();
    }),
  );
}

/** Closes the window without a question. */
export function closeWindow(): Promise<void> {
  return invoke('close_window');
}

/**
 * Subscribes to folders that a second start wants to open in place of one with changes that cannot be
 * saved; `listener` gets the folder's grant, or null for the samples.
 */
export function onOpen(listener: (grant: string | null) => void): () => void {
  return unlistening(listen<string | null>('open', ({ payload }) => listener(payload)));
}

export type FileDrag =
  /** `paths` are known when the drag enters the window; null: as before. */
  | { kind: 'over'; paths: string[] | null; x: number; y: number }
  | { kind: 'leave' }
  | { kind: 'drop'; grant: Grant; paths: string[]; x: number; y: number };

/** Subscribes to drags of files from other programs over the window. Positions are in CSS pixels. */
export function onFileDrag(listener: (drag: FileDrag) => void): () => void {
  type Position = { position: { x: number; y: number } };
  type Payload =
    | ({ kind: 'over'; paths: string[] | null } & Position)
    | { kind: 'leave' }
    | ({ kind: 'drop'; grant: Grant; paths: string[] } & Position);
  return unlistening(
    listen<Payload>('file_drag', ({ payload }) => {
      if (payload.kind === 'leave') return listener(payload);
      const { position, ...drag } = payload;
      const scale = density();
      listener({ ...drag, x: position.x / scale, y: position.y / scale });
    }),
  );
}

function unlistening(listening: Promise<() => void>): () => void {
  return () => void listening.then((stop) => stop());
}

/**
 * Lets the user choose a file or folder for a purpose in the system's dialog, and grants it to the
 * page; null if cancelled. `start`: the folder that the dialog begins in; `name`: of a new file.
 */
export function choose(
  purpose: Purpose,
  title: string,
  { start, name }: { start?: string; name?: string } = {},
): Promise<Grant | null> {
  return invoke<Grant | null>('choose', { purpose, title, start, name });
}

/** Shows a file or folder in the system's file manager. */
export function reveal({ id }: Grant): Promise<void> {
  return invoke('reveal', { grant: id });
}

/** Starts dragging a file out of the window; the pointer must be down. */
export function dragOut({ id }: Grant): Promise<void> {
  return invoke('drag_out', { grant: id });
}

/** Copies a variant's picture to the clipboard. */
export function copyPicture(variant: PreviewArguments): Promise<void> {
  return invoke('copy_image', { variant });
}

/** Cuts, copies or pastes in the text that has the focus. */
export function editText(command: 'Cut' | 'Copy' | 'Paste'): Promise<void> {
  return invoke('edit_text', { command });
}

export interface MenuItem {
  kind: 'action';
  id: string;
  label: string;
  accelerator: string | null;
  enabled: boolean;
  /** Whether it is chosen; null: it is a command. */
  checked: boolean | null;
}

export interface MenuSubmenu {
  kind: 'submenu';
  label: string;
  items: MenuItem[];
}

export interface Menu {
  label: string;
  items: (MenuItem | MenuSubmenu | { kind: 'separator' })[];
}

/** Sets the window's menu bar. */
export function setMenu(menus: Menu[]): Promise<void> {
  return invoke('set_menu', { menus });
}

/** Sets the theme of the window's frame; null: the system's. */
export function setWindowTheme(theme: 'light' | 'dark' | null): Promise<void> {
  return invoke('set_theme', { theme });
}

/** Draws the page this many times as large; the device pixels for a pixel of the page at a zoom of 1. */
export function setWindowZoom(zoom: number): Promise<number> {
  return invoke('set_zoom', { zoom });
}

/** URLs of pictures. */
export const picture = {
  thumbnail: (asset: { id: number; version: string }, pixels: number) =>
    `variant://localhost/thumbnail/${asset.id}/${asset.version}/${pixels}`,
  /** 0 pixels: the full size. */
  original: (asset: { id: number; version: string }, pixels: number) =>
    `variant://localhost/original/${asset.id}/${asset.version}/${pixels}`,
  /** As `original`, without loss, and of animations the first frame. */
  lossless: (asset: { id: number; version: string }, pixels: number) =>
    `variant://localhost/lossless/${asset.id}/${asset.version}/${pixels}`,
};
