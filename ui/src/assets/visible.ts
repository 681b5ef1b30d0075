// Tells the program which assets are on the screen, so that it makes their thumbnails first.
import { useEffect } from 'react';
import { call } from '@/api/rpc';
import { wake } from './thumbnails';

/** The program is told at most so often, in milliseconds. */
export const PAUSE = 80;

let wanted: { seen: readonly number[]; near: readonly number[] } | null = null;
let told = '';
let timer: ReturnType<typeof setTimeout> | undefined;

/** `seen`: on the screen; `near`: soon, if the person goes on scrolling. */
export function tellVisible(seen: readonly number[], near: readonly number[]) {
  if (seen.length === 0) return;
  wanted = { seen, near };
  if (timer === undefined) tell();
}

function tell() {
  timer = undefined;
  if (!wanted) return;
  const { seen, near } = wanted;
  wanted = null;
  const assets = [...seen, ...near];
  const text = assets.join();
  if (text === told) return;
  told = text;
  timer = setTimeout(tell, PAUSE);
  const woken = new Set(assets);
  void call('set_visible', { assets })
    // It is about order only: without it everything comes all the same.
    .catch(() => {})
    .then(() => wake(woken));
}

/** What was told is forgotten, and with it what waits. */
export function forgetVisible() {
  clearTimeout(timer);
  timer = undefined;
  wanted = null;
  told = '';
}

/** Tells what a view shows, as long as it is there. */
export function useVisible(seen: readonly number[], near: readonly number[]) {
  useEffect(() => tellVisible(seen, near), [seen, near]);
  useEffect(() => forgetVisible, []);
}
