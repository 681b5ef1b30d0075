// What the window's benchmark runs inside the page. Each function stands alone: it is sent as text.

/** Notes the next click, and when the first picture of a tile was loaded and drawn after it. */
export function noteOpening() {
  window.opening = { clicked: null, loaded: null, drawn: null };
  const { opening } = window;
  const epoch = (stamp) => performance.timeOrigin + stamp;
  document.addEventListener('click', (event) => (opening.clicked = epoch(event.timeStamp)), {
    capture: true,
    once: true,
  });
  const load = (event) => {
    if (!(event.target instanceof HTMLImageElement) || !event.target.closest('[role=gridcell]'))
      return;
    document.removeEventListener('load', load, true);
    opening.loaded = epoch(performance.now());
    event.target
      .decode()
      .then(() =>
        requestAnimationFrame(() => setTimeout(() => (opening.drawn = epoch(performance.now())))),
      );
  };
  document.addEventListener('load', load, true);
}

/**
 * Notes frames and turns of the page until `stopNoting`. A turn is a timer of 4 ms that starts the
 * next one. While one is late, the page's thread did something else, or was not scheduled.
 */
export function noteFrames() {
  const noted = { frames: [], turns: [], stopped: false };
  window.noted = noted;
  let last = performance.now();
  let lastTurn = last;
  const frame = (now) => {
    if (noted.stopped) return;
    noted.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  const turn = () => {
    if (noted.stopped) return;
    const now = performance.now();
    noted.turns.push(now - lastTurn);
    lastTurn = now;
    setTimeout(turn, 4);
  };
  requestAnimationFrame((now) => {
    last = now;
    requestAnimationFrame(frame);
  });
  setTimeout(turn, 4);
}

export function stopNoting() {
  window.noted.stopped = true;
  return { frames: window.noted.frames, turns: window.noted.turns };
}

/** Notes when the grid moves and when pictures come, until `askFilling` has its answer. */
export function noteFilling() {
  const grid = document.querySelector('[role=grid]');
  const filling = { scrolled: performance.now(), loads: [], answer: null };
  window.filling = filling;
  filling.load = (event) => {
    const row = event.target.closest?.('[role=row]');
    if (row) filling.loads.push({ at: performance.now(), row });
  };
  filling.scroll = () => {
    filling.scrolled = performance.now();
    filling.loads.length = 0;
  };
  document.addEventListener('load', filling.load, true);
  grid.addEventListener('scroll', filling.scroll);
}

/** After scrolling: when all visible cells had their pictures, and how many others came before. */
export function askFilling() {
  const grid = document.querySelector('[role=grid]');
  const { filling } = window;
  const isIn = (element) => {
    const [own, all] = [element.getBoundingClientRect(), grid.getBoundingClientRect()];
    return own.bottom > all.top && own.top < all.bottom;
  };
  const look = () => {
    // Scrolling is over after so long without a step; looking earlier would disturb it.
    if (performance.now() - filling.scrolled < 400) return setTimeout(look, 20);
    const cells = [...grid.querySelectorAll('[role=gridcell]')].filter(isIn);
    const isShown = (cell) => cell.querySelector('img')?.naturalWidth > 0;
    if (cells.length === 0 || !cells.every(isShown)) return setTimeout(look, 10);
    grid.removeEventListener('scroll', filling.scroll);
    document.removeEventListener('load', filling.load, true);
    const isOwn = ({ row }) => row.isConnected && isIn(row);
    const end = Math.max(filling.scrolled, ...filling.loads.filter(isOwn).map(({ at }) => at));
    filling.answer = {
      filled: end - filling.scrolled,
      strangers: filling.loads.filter((load) => load.at < end && !isOwn(load)).length,
      top: grid.scrollTop,
    };
  };
  look();
}

/** Notes each picture of the compare view: its key, and when it was drawn. */
export function notePreviews() {
  const previews = { pressed: null, shown: [] };
  window.previews = previews;
  const epoch = () => performance.timeOrigin + performance.now();
  document.addEventListener(
    'keydown',
    (event) => {
      previews.pressed = performance.timeOrigin + event.timeStamp;
    },
    true,
  );
  let last = document.querySelector('img[data-key]')?.dataset.key;
  new MutationObserver(() => {
    const key = document.querySelector('img[data-key]')?.dataset.key;
    if (key === last) return;
    last = key;
    const entry = { key, at: null };
    previews.shown.push(entry);
    requestAnimationFrame(() =>
      setTimeout(() => {
        entry.at = epoch();
      }),
    );
  }).observe(document.querySelector('[data-view]'), {
    attributes: true,
    attributeFilter: ['data-key'],
    subtree: true,
    childList: true,
  });
}
