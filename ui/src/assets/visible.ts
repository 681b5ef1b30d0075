// Reports the assets on the screen to the program, so that it makes their thumbnails first.
import { useEffect } from 'react';
import { call } from '@/api/rpc';
import { retryVisible } from './thumbnails';

/** Reported at most once in this time, in milliseconds. */
export const PAUSE = 80;

let pending: { seen: readonly number[]; near: readonly number[] } | null = null;
let reported = '';
let timer: ReturnType<typeof setTimeout> | undefined;

/** `seen`: the assets on the screen; `near`: those just beyond its edges. */
export function reportVisible(seen: readonly number[], near: readonly number[]) {
  if (seen.length === 0) return;
  pending = { seen, near };
  if (timer === undefined) report();
}

function report() {
  timer = undefined;
  if (!pending) return;
  const { seen, near } = pending;
  pending = null;
  const assets = [...seen, ...near];
  const list = assets.join();
  if (list === reported) return;
  reported = list;
  timer = setTimeout(report, PAUSE);
  const visible = new Set(assets);
  void call('set_visible', { assets })
    // Only the order depends on it.
    .catch(() => {})
    .then(() => retryVisible(visible));
}

/** Forgets what was reported, and what is due to be. */
export function forgetVisible() {
  clearTimeout(timer);
  timer = undefined;
  pending = null;
  reported = '';
}

/** Reports what a view shows while it is mounted. */
export function useVisible(seen: readonly number[], near: readonly number[]) {
  useEffect(() => reportVisible(seen, near), [seen, near]);
  useEffect(() => forgetVisible, []);
}
