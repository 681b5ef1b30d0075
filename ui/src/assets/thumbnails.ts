// Gives images their addresses a moment after they came, and asks again for those that the
// program gave up because they had left the screen.
//
// This works on the elements themselves: a tile is not rendered again for the fate of its image.

/** A row that is scrolled past in less time than this, in milliseconds, asks for nothing. */
const MOMENT = 50;

/** Nothing has come for so long, in milliseconds: nobody scrolls, and what comes now is asked for at once. */
const REST = 250;

/** So long it waits before it asks again, in milliseconds; then it asks why. */
const PATIENCE = [150, 500, 1500];

/** Images that were on the screen before come at once. */
const seen = new Set<string>();
const MOST_SEEN = 20_000;

interface Wait {
  asset: number;
  image: HTMLImageElement;
  url: string;
  tries: number;
  /** Gone, and not on the screen: waits to be woken. */
  asleep: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  fail: (reason: string | null) => void;
}

const waits = new Set<Wait>();
const fresh = new Set<Wait>();
let visible: ReadonlySet<number> = new Set();
let flush: ReturnType<typeof setTimeout> | undefined;
let lastCame = Number.NEGATIVE_INFINITY;

/**
 * Shows the picture at `url` in `image`, until the returned function is called. `fail` is called
 * once if there is none, with the reason if there is one in words.
 */
export function show(
  image: HTMLImageElement,
  asset: number,
  url: string,
  fail: (reason: string | null) => void,
): () => void {
  const wait: Wait = { asset, image, url, tries: 0, asleep: false, timer: undefined, fail };
  const loaded = () => {
    image.dataset.loaded = '';
    tellPictures();
    if (seen.size >= MOST_SEEN) seen.clear();
    seen.add(url);
  };
  const failed = () => void again(wait);
  image.addEventListener('load', loaded);
  image.addEventListener('error', failed);
  waits.add(wait);
  if (seen.has(url)) {
    image.src = url;
  } else {
    fresh.add(wait);
    const now = performance.now();
    if (flush === undefined) {
      flush = setTimeout(askFresh, MOMENT);
      // Not after a timer: while a window opens there is much in its way.
      if (now - lastCame > REST) queueMicrotask(askFresh);
    }
    lastCame = now;
  }
  return () => {
    image.removeEventListener('load', loaded);
    image.removeEventListener('error', failed);
    clearTimeout(wait.timer);
    waits.delete(wait);
    fresh.delete(wait);
    if (fresh.size === 0) {
      clearTimeout(flush);
      flush = undefined;
    }
    // What is under way for an image that is no longer there is not worth its time.
    if (!('loaded' in image.dataset)) image.removeAttribute('src');
  };
}

function askFresh() {
  clearTimeout(flush);
  flush = undefined;
  for (const wait of fresh) wait.image.src = wait.url;
  fresh.clear();
}

/** So long it waits for first pictures, in milliseconds. */
const PICTURES = 500;

const watchers = new Set<() => void>();

function tellPictures() {
  const told = [...watchers];
  watchers.clear();
  for (const perform of told) perform();
}

/** Performs once the next picture is there, or after a moment, unless the returned function is called. */
export function afterPictures(perform: () => void): () => void {
  const once = () => {
    clearTimeout(timer);
    watchers.delete(once);
    perform();
  };
  const timer = setTimeout(once, PICTURES);
  watchers.add(once);
  return () => {
    clearTimeout(timer);
    watchers.delete(once);
  };
}

/** These assets are on the screen now: those that were given up are asked for again. */
export function wake(assets: ReadonlySet<number>) {
  visible = assets;
  for (const wait of waits) {
    if (wait.asleep && visible.has(wait.asset)) ask(wait);
  }
}

function ask(wait: Wait) {
  wait.asleep = false;
  wait.tries += 1;
  wait.image.src = `${wait.url}?again=${wait.tries}`;
}

async function again(wait: Wait) {
  if (!waits.has(wait) || !wait.image.getAttribute('src')) return;
  if (!visible.has(wait.asset)) {
    wait.asleep = true;
    return;
  }
  const patience = PATIENCE[wait.tries];
  if (patience !== undefined) {
    wait.timer = setTimeout(() => ask(wait), patience);
    return;
  }
  const fault = await reasonOf(wait.url);
  if (!waits.has(wait)) return;
  if (fault === 'gone') {
    wait.tries = 0;
    wait.asleep = true;
    wait.timer = setTimeout(() => wait.asleep && visible.has(wait.asset) && ask(wait), MOMENT);
  } else {
    wait.fail(fault.reason);
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

/** Pixels of the thumbnail for a tile: one of few sizes, so that they are found again. */
export function pixelsFor(side: number, ratio = window.devicePixelRatio || 1): number {
  return SIZES.find((size) => size >= side * ratio) ?? SIZES[SIZES.length - 1] ?? 640;
}
