// Loads thumbnails: sets the URLs of images shortly after they are mounted, and retries those that
// the program cancelled because they had left the screen.
//
// Works on the image elements themselves, so that no tile is rendered onError.
import { density } from '@/state/density';

/** A row that is scrolled past in less time loads nothing, in milliseconds. */
const SETTLE_TIME = 50;

/** After this time without new images the grid is not scrolling: load the next at once, in milliseconds. */
const IDLE_TIME = 250;

/** The pauses before each retry, in milliseconds; after the last one the reason is fetched. */
const RETRY_DELAYS = [150, 500, 1500];

/** URLs that were loaded before; they load at once. */
const loadedUrls = new Set<string>();
const MOST_LOADED = 20_000;

interface PendingImage {
  asset: number;
  image: HTMLImageElement;
  url: string;
  tries: number;
  /** Cancelled and not on the screen: retried once it is. */
  suspended: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  fail: (reason: string | null) => void;
}

const pendingImages = new Set<PendingImage>();
const queued = new Set<PendingImage>();
let visible: ReadonlySet<number> = new Set();
let queueTimer: ReturnType<typeof setTimeout> | undefined;
let lastMounted = Number.NEGATIVE_INFINITY;

/**
 * Loads the picture at `url` into `image` until the returned function is called. If it cannot be
 * loaded, calls `fail` once, with the reason where the program gave one.
 */
export function show(
  image: HTMLImageElement,
  asset: number,
  url: string,
  fail: (reason: string | null) => void,
): () => void {
  const pending: PendingImage = {
    asset,
    image,
    url,
    tries: 0,
    suspended: false,
    timer: undefined,
    fail,
  };
  const loaded = () => {
    image.dataset.loaded = '';
    notifyLoaded();
    if (loadedUrls.size >= MOST_LOADED) loadedUrls.clear();
    loadedUrls.add(url);
  };
  const failed = () => void onError(pending);
  image.addEventListener('load', loaded);
  image.addEventListener('error', failed);
  pendingImages.add(pending);
  if (loadedUrls.has(url)) {
    image.src = url;
  } else {
    queued.add(pending);
    const now = performance.now();
    if (queueTimer === undefined) {
      queueTimer = setTimeout(loadQueued, SETTLE_TIME);
      // No timer here: an opening window keeps timers waiting.
      if (now - lastMounted > IDLE_TIME) queueMicrotask(loadQueued);
    }
    lastMounted = now;
  }
  return () => {
    image.removeEventListener('load', loaded);
    image.removeEventListener('error', failed);
    clearTimeout(pending.timer);
    pendingImages.delete(pending);
    queued.delete(pending);
    if (queued.size === 0) {
      clearTimeout(queueTimer);
      queueTimer = undefined;
    }
    // Cancels the request of an image that is no longer mounted.
    if (!('loaded' in image.dataset)) image.removeAttribute('src');
  };
}

function loadQueued() {
  clearTimeout(queueTimer);
  queueTimer = undefined;
  for (const pending of queued) pending.image.src = pending.url;
  queued.clear();
}

/** The longest wait for a picture, in milliseconds. */
const LONGEST_WAIT = 500;

const loadCallbacks = new Set<() => void>();

function notifyLoaded() {
  const callbacks = [...loadCallbacks];
  loadCallbacks.clear();
  for (const perform of callbacks) perform();
}

/** Calls `perform` once the next picture is loaded, or after `LONGEST_WAIT`, unless cancelled. */
export function afterThumbnail(perform: () => void): () => void {
  const once = () => {
    clearTimeout(timer);
    loadCallbacks.delete(once);
    perform();
  };
  const timer = setTimeout(once, LONGEST_WAIT);
  loadCallbacks.add(once);
  return () => {
    clearTimeout(timer);
    loadCallbacks.delete(once);
  };
}

/** Retries the cancelled images of these assets, which are on the screen now. */
export function retryVisible(assets: ReadonlySet<number>) {
  visible = assets;
  for (const pending of pendingImages) {
    if (pending.suspended && visible.has(pending.asset)) retry(pending);
  }
}

function retry(pending: PendingImage) {
  pending.suspended = false;
  pending.tries += 1;
  pending.image.src = `${pending.url}?again=${pending.tries}`;
}

async function onError(pending: PendingImage) {
  if (!pendingImages.has(pending) || !pending.image.getAttribute('src')) return;
  if (!visible.has(pending.asset)) {
    pending.suspended = true;
    return;
  }
  const delay = RETRY_DELAYS[pending.tries];
  if (delay !== undefined) {
    pending.timer = setTimeout(() => retry(pending), delay);
    return;
  }
  const fault = await reasonOf(pending.url);
  if (!pendingImages.has(pending)) return;
  if (fault === 'gone') {
    pending.tries = 0;
    pending.suspended = true;
    pending.timer = setTimeout(
      () => pending.suspended && visible.has(pending.asset) && retry(pending),
      SETTLE_TIME,
    );
  } else {
    pending.fail(fault.reason);
  }
}

async function reasonOf(url: string): Promise<'gone' | { reason: string | null }> {
  try {
    const answer = await fetch(url);
    if (answer.ok || answer.status === 410) return 'gone';
    return { reason: answer.status === 422 ? await answer.text() : null };
  } catch {
    return { reason: null };
  }
}

const SIZES = [160, 320, 640] as const;

/** The thumbnail size for a tile: one of a few, so that the cache has them. */
export function pixelsFor(side: number, ratio = density()): number {
  return SIZES.find((size) => size >= side * ratio) ?? SIZES[SIZES.length - 1] ?? 640;
}
