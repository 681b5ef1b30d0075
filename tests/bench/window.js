// npm run bench:window: how quick the real window is, on a screen of its own whose pixels are read.

import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { RELEASE } from './places.js';
import { prepare } from './prepare.js';
import { colorsIn, orangeIn, Screen, watch } from './screen.js';
import { figuresText, gapsOf, measure, staleIn } from './window-figures.js';
import { readWindowOptions, USAGE } from './window-options.js';
import * as page from './window-page.js';
import { largePhoto, manyPictures } from './window-pictures.js';

const SIZE = [1280, 800];
/** Where tiles are, in the window as it is the first time; and where the page is at all. */
const STAGE = { left: 260, top: 120, width: 620, height: 600 };
const PAGE = { left: 0, top: 60, width: 1280, height: 700 };
/** A few orange pixels may be anything; this many are a picture. */
const PICTURE = 60;
const NOTCHES = 150;
const NOTCH_MILLISECONDS = 25;
const SLIDER_STEPS = 12;

process.env.CROPMARK_E2E_PROGRAMS ??= RELEASE;

async function main() {
  const options = readWindowOptions(process.argv.slice(2));
  if (options.help) return console.log(USAGE);
  prepare({ peers: options.build ? ['cropmark'] : [], scored: 0, build: options.build });
  const screen = await Screen.start([1600, 1000]);
  process.env.CROPMARK_E2E_DISPLAY = screen.name;
  const report = { assets: options.assets, rounds: options.rounds, load: [], rows: [] };
  try {
    const bench = { screen, options, folder: await manyPictures(options.assets) };
    if (!options.steps.includes('first') && !existsSync(join(bench.folder, '.cropmark'))) {
      options.steps.unshift('first');
    }
    for (const step of options.steps) {
      const before = loadavg()[0];
      const rows = await steps[step](bench);
      report.load.push({ step, before, after: loadavg()[0] });
      report.rows.push(...rows);
      const load = `load ${before.toFixed(1)} to ${loadavg()[0].toFixed(1)}`;
      console.log(
        `\n${titles[step]} (${options.assets} pictures, ${options.rounds} rounds, ${load})`,
      );
      console.log(figuresText(rows));
    }
  } finally {
    screen.stop();
  }
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(report, null, 2));
}

const titles = {
  first: 'A folder that was never opened',
  start: 'Program started on a known workspace',
  recent: 'A recent workspace chosen in the open window',
  scroll: 'Scrolling known pictures',
  slider: 'Quality slider on a photo of 24 megapixels',
};

const steps = { first, start, recent, scroll, slider };

/** Everything is new: it is looked into and made while the person scrolls. Leaves all known. */
async function first({ screen, options, folder }) {
  rmSync(join(folder, '.cropmark'), { recursive: true, force: true });
  const home = newHome();
  const began = await startAlone({ screen, home, words: [folder] });
  const seen = { picture: await began.picture };
  await began.end();
  rmSync(join(folder, '.cropmark'), { recursive: true, force: true });
  const figures = [];
  await inWindow({ home, words: [folder] }, async (hands) => {
    await allListed(hands, options.assets);
    figures.push(await scrolled({ screen, hands }));
    await learnt(hands);
    // All that will be scrolled over is made, so that it is known from now on.
    await passSlowly(hands, figures[0].top + 6000);
  });
  rmSync(home, { recursive: true, force: true });
  return [
    measure('process start to first thumbnail on screen', [seen.picture - began.at]),
    ...scrollRows(figures),
  ];
}

/** The program's start with the folder, seen on the screen alone. */
async function start({ screen, options, folder }) {
  const rounds = [];
  const home = newHome();
  for (let round = 0; round <= options.rounds; round += 1) {
    const began = await startAlone({ screen, home, words: [folder] });
    const [window, drawn, picture] = await Promise.all([began.window, began.page, began.picture]);
    // The first one writes the home.
    if (round > 0)
      rounds.push({
        window: window - began.at,
        page: drawn - began.at,
        picture: picture - began.at,
      });
    await pause(1500);
    await began.end();
  }
  rmSync(home, { recursive: true, force: true });
  return [
    measure(
      'process start to window on screen',
      rounds.map((one) => one.window),
    ),
    measure(
      'process start to first paint of the page',
      rounds.map((one) => one.page),
    ),
    measure(
      'process start to first thumbnail on screen',
      rounds.map((one) => one.picture),
      { limit: 500 },
    ),
  ];
}

/** From the click on a recent workspace. */
async function recent({ screen, options, folder }) {
  const rounds = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const home = newHome();
    mkdirSync(join(home, 'data/cropmark'), { recursive: true });
    const kept = {
      path: folder,
      name: basename(folder),
      exists: true,
      open: false,
      opened_ms: Date.now(),
    };
    writeFileSync(join(home, 'data/cropmark/recent.json'), JSON.stringify([kept]));
    await inWindow({ home }, async (hands) => {
      await hands.evaluate(page.noteOpening);
      const button = await hands.$('section[aria-labelledby=recent] button');
      await pause(1000);
      const box = await hands.evaluate(
        (element) => element.getBoundingClientRect().toJSON(),
        button,
      );
      const menu = await menuHeight(hands);
      screen.move(Math.round(box.left + 40), Math.round(box.top + box.height / 2 + menu));
      await pause(100);
      screen.click();
      const picture = await watch(() => orangeIn(screen.rows(STAGE, 8)) > PICTURE, 'a picture');
      const noted = await hands.untilPage(
        () => window.opening.drawn && window.opening,
        'a drawn picture',
      );
      rounds.push({
        screen: picture - noted.clicked,
        loaded: noted.loaded - noted.clicked,
        drawn: noted.drawn - noted.clicked,
      });
    });
    rmSync(home, { recursive: true, force: true });
  }
  return [
    measure(
      'click to first thumbnail loaded',
      rounds.map((one) => one.loaded),
    ),
    measure(
      'click to first thumbnail drawn by the page',
      rounds.map((one) => one.drawn),
    ),
    measure(
      'click to first thumbnail on screen',
      rounds.map((one) => one.screen),
      { limit: 500 },
    ),
  ];
}

async function scroll({ screen, options, folder }) {
  const figures = [];
  const home = newHome();
  for (let round = 0; round < options.rounds; round += 1) {
    await inWindow({ home, words: [folder] }, async (hands) => {
      await allListed(hands, options.assets);
      await pause(2500);
      await hands.evaluate(page.noteFrames);
      await pause(1500);
      const idle = await hands.evaluate(page.stopNoting);
      const wheel = await scrolled({ screen, hands });
      figures.push({ ...wheel, idle: gapsOf(idle.frames), idleTurns: gapsOf(idle.turns) });
    });
  }
  rmSync(home, { recursive: true, force: true });
  const of = (pick) => figures.map(pick);
  return [
    ...scrollRows(figures, { frame: 17.5, task: 50 }),
    measure(
      'idle window: middle frame',
      of(({ idle }) => idle.middle),
      { digits: 1 },
    ),
    measure(
      'idle window: longest wait for a turn',
      of(({ idleTurns }) => idleTurns.longest),
    ),
  ];
}

function scrollRows(figures, limits = {}) {
  const of = (pick) => figures.map(pick);
  return [
    measure(
      'pixels scrolled',
      of(({ top }) => top),
      { unit: 'px' },
    ),
    measure(
      'middle frame',
      of(({ frames }) => frames.middle),
      { digits: 1, limit: limits.frame },
    ),
    measure(
      '99 of 100 frames within',
      of(({ frames }) => frames.p99),
    ),
    measure(
      'longest frame',
      of(({ frames }) => frames.longest),
    ),
    measure(
      'longest wait for a turn of the page',
      of(({ turns }) => turns.longest),
      { limit: limits.task },
    ),
    measure(
      'waits for a turn over 50 ms',
      of(({ turns }) => turns.long),
      { unit: '' },
    ),
    measure(
      'pictures on screen a second',
      of(({ shown }) => shown),
      { unit: '/s', digits: 1 },
    ),
    measure(
      'all visible thumbnails after the last step',
      of(({ filled }) => filled),
    ),
    measure(
      'others that came before them',
      of(({ strangers }) => strangers),
      { unit: '' },
    ),
    measure(
      "page's main thread",
      of(({ cpu }) => cpu.main),
      { unit: 'ms of CPU' },
    ),
    measure(
      "page's process",
      of(({ cpu }) => cpu.page),
      { unit: 'ms of CPU' },
    ),
    measure(
      "window's process",
      of(({ cpu }) => cpu.window),
      { unit: 'ms of CPU' },
    ),
  ];
}

/** Turns the mouse's wheel over the grid. */
async function scrolled({ screen, hands }) {
  const menu = await menuHeight(hands);
  const box = await hands.evaluate(() =>
    document.querySelector('[role=grid]').getBoundingClientRect().toJSON(),
  );
  screen.move(Math.round(box.left + box.width / 2), Math.round(box.top + menu + box.height / 2));
  const processes = processesOf(hands.studio.home);
  await pause(200);
  await hands.evaluate(page.noteFilling);
  await hands.evaluate(page.noteFrames);
  const before = processes.cpu();
  const strip = {
    left: Math.round(box.left),
    top: Math.round(box.top + menu + 100),
    width: 600,
    height: 200,
  };
  const began = Date.now();
  let [pictures, last, lastNotch] = [0, '', 0];
  for (let notch = 0; notch < NOTCHES; ) {
    if (Date.now() - lastNotch >= NOTCH_MILLISECONDS) {
      screen.wheel();
      lastNotch = Date.now();
      notch += 1;
    }
    const now = Buffer.concat(screen.rows(strip, 40)).toString('latin1');
    if (now !== last) pictures += 1;
    last = now;
    await pause(3);
  }
  const seconds = (Date.now() - began) / 1000;
  const after = processes.cpu();
  const gaps = await hands.evaluate(page.stopNoting);
  await hands.evaluate(page.askFilling);
  const filling = await hands.untilPage(() => window.filling.answer, 'all in sight', {
    wait: 60_000,
  });
  const cpu = Object.fromEntries(
    Object.keys(after).map((name) => [name, after[name] - before[name]]),
  );
  return {
    ...filling,
    frames: gapsOf(gaps.frames),
    turns: gapsOf(gaps.turns),
    shown: pictures / seconds,
    cpu,
  };
}

async function slider({ screen, options }) {
  const times = { page: [], screen: [] };
  const drags = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const { folder, photo } = await largePhoto();
    const home = newHome();
    await inWindow({ home, words: [folder] }, async (hands) => {
      const { Key } = await import('../e2e/page.js');
      await hands.compare(photo, 'web.preset.toml', 'web');
      const menu = await menuHeight(hands);
      const field = await hands.$('[data-field="output.quality"] input[type=range]');
      await hands.evaluate((element) => element.focus(), field);
      await hands.evaluate(page.notePreviews);
      const image = await hands.evaluate(() =>
        document.querySelector('img[data-key]').getBoundingClientRect().toJSON(),
      );
      // Right of the divider, where the variant is.
      const place = {
        left: Math.round(image.left + image.width * 0.55),
        top: Math.round(image.top + menu + image.height * 0.1),
        width: Math.round(image.width * 0.4),
        height: Math.round(image.height * 0.8),
      };
      await pause(1500);
      for (let step = 0; step < SLIDER_STEPS; step += 1) {
        await hands.evaluate(() => Object.assign(window.previews, { pressed: null, shown: [] }));
        const look = () => Buffer.concat(screen.rows(place, 4)).toString('latin1');
        const former = look();
        const seen = watch(() => look() !== former, 'another picture on the screen');
        await hands.press(Key.right);
        const onScreen = await seen;
        const noted = await hands.untilPage(
          () => window.previews.shown[0]?.at && window.previews,
          'another picture',
        );
        times.page.push(noted.shown[0].at - noted.pressed);
        times.screen.push(onScreen - noted.pressed);
        await pause(250);
      }
      drags.push(await drag({ screen, hands, field, menu }));
    });
    rmSync(home, { recursive: true, force: true });
  }
  return [
    measure('key to new preview drawn by the page', times.page),
    measure('key to new preview on screen', times.screen, { limit: 150 }),
    measure(
      'drag: between two previews',
      drags.flatMap(({ between }) => between),
    ),
    measure(
      'drag: last step to last preview',
      drags.map(({ end }) => end),
    ),
    measure(
      'drag: older previews after newer ones',
      drags.map(({ stale }) => stale),
      { unit: '', limit: 0 },
    ),
  ];
}

/** Drags the slider by the mouse; then goes the same way step by step to know which preview is which. */
async function drag({ screen, hands, field, menu }) {
  const box = await hands.evaluate((element) => {
    element.focus();
    const { left, top, width, height } = element.getBoundingClientRect();
    const share =
      (Number(element.value) - Number(element.min)) / (Number(element.max) - Number(element.min));
    return { left, top, width, height, share };
  }, field);
  const y = Math.round(box.top + box.height / 2 + menu);
  let x = Math.round(box.left + 6 + (box.width - 12) * box.share);
  const end = x + 40;
  const from = await valueOf(hands, field);
  await hands.evaluate(() => {
    window.previews.shown = [];
    window.movedLast = null;
    const moved = () => {
      window.movedLast = performance.timeOrigin + performance.now();
    };
    document.addEventListener('pointermove', moved, true);
  });
  screen.move(x, y);
  await pause(60);
  screen.hold();
  for (; x < end; x += 1) {
    screen.move(x, y);
    await pause(30);
  }
  screen.release();
  await pause(2500);
  const { shown, movedLast } = await hands.evaluate(() => ({
    shown: window.previews.shown,
    movedLast: window.movedLast,
  }));
  const times = shown.map(({ at }) => at);
  const between = times.slice(1).map((at, index) => at - times[index]);
  const order = new Map();
  const { Key } = await import('../e2e/page.js');
  await hands.evaluate((element) => element.focus(), field);
  const to = await valueOf(hands, field);
  if (to <= from || shown.length === 0) throw new Error('the slider was not dragged');
  for (let value = to; value > from; value -= 1) {
    await hands.untilPage(
      () => document.querySelector('[data-facts]')?.dataset.current === 'true',
      'the preview is current',
    );
    order.set(
      await hands.evaluate(() => document.querySelector('img[data-key]').dataset.key),
      value,
    );
    await hands.press(Key.left);
    await pause(120);
  }
  return {
    between: between.length > 0 ? between : [0],
    end: times.at(-1) - movedLast,
    stale: staleIn(
      shown.map(({ key }) => key),
      order,
    ),
  };
}

const valueOf = (hands, field) => hands.evaluate((element) => Number(element.value), field);

const newHome = () => mkdtempSync(join(tmpdir(), 'cropmark-bench-home-'));

/** A window that is driven, and closed whatever happens. */
async function inWindow({ home, words = [] }, act) {
  const { openStudio } = await import('../e2e/studio.js');
  const { handsOn } = await import('../e2e/page.js');
  const studio = await openStudio({ home, words, size: SIZE });
  try {
    await act({ studio, ...handsOn(studio) });
  } finally {
    await studio.close().catch(() => {});
    await gone(home);
  }
}

/** The program by itself, as a person starts it. */
async function startAlone({ screen, home, words }) {
  const { closeWindow } = await import('../e2e/x11.js');
  const folders = { XDG_DATA_HOME: 'data', XDG_CONFIG_HOME: 'config', XDG_CACHE_HOME: 'cache' };
  const homes = Object.fromEntries(
    Object.entries(folders).map(([name, below]) => [name, join(home, below)]),
  );
  const at = Date.now();
  const program = spawn(join(process.env.CROPMARK_E2E_PROGRAMS, 'cropmark-studio'), words, {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {
      ...process.env,
      ...homes,
      HOME: home,
      DISPLAY: screen.name,
      WAYLAND_DISPLAY: '',
      GDK_BACKEND: 'x11',
      NO_AT_BRIDGE: '1',
      GTK_THEME: 'Adwaita',
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
  });
  const ended = new Promise((resolve) => program.once('exit', resolve));
  return {
    at,
    window: watch(
      () => colorsIn(screen.rows(PAGE, 20), 2) > 1 || screen.rows(PAGE, 400)[0][0] > 0,
      'a window',
    ),
    page: watch(() => colorsIn(screen.rows(PAGE, 4), 6) > 5, 'the page'),
    picture: watch(() => orangeIn(screen.rows(STAGE, 8)) > PICTURE, 'a picture'),
    async end() {
      await closeWindow(screen.name, program.pid);
      await ended;
      await gone(home);
    },
  };
}

/** Waits until nothing that was started with this home runs. */
async function gone(home) {
  const { allOf } = await import('../e2e/processes.js');
  for (let tries = 0; tries < 200 && allOf(home).length > 0; tries += 1) await pause(50);
}

const menuHeight = (hands) => hands.evaluate((height) => height - window.innerHeight, SIZE[1]);

const allListed = (hands, count) =>
  hands.untilPage(
    (wanted) => {
      const grid = document.querySelector('[role=grid]');
      const [rows, columns] = ['aria-rowcount', 'aria-colcount'].map((name) =>
        Number(grid?.getAttribute(name)),
      );
      return rows * columns >= wanted;
    },
    'all pictures are listed',
    { words: [count], wait: 60_000 },
  );

/** Waits until every file was looked into. */
async function learnt(hands) {
  for (;;) {
    const waiting = await hands.browser.executeAsync((done) => {
      window.__TAURI_INTERNALS__
        .invoke('call', { name: 'assets', arguments: {} })
        .then(({ assets }) => done(assets.filter(({ state }) => state.kind === 'waiting').length));
    });
    if (waiting === 0) return;
    await pause(1000);
  }
}

/** Shows screen after screen down to this place, waiting for the pictures of each. */
async function passSlowly(hands, until) {
  for (let top = 0; top < until; top += 500) {
    await hands.evaluate((place) => {
      document.querySelector('[role=grid]').scrollTop = place;
    }, top);
    await hands.untilPage(
      () => {
        const images = [...document.querySelectorAll('[role=gridcell] img')];
        return images.length > 8 && images.every((image) => image.naturalWidth > 0);
      },
      'the pictures of a screen',
      { wait: 60_000 },
    );
  }
  await hands.evaluate(() => {
    document.querySelector('[role=grid]').scrollTop = 0;
  });
}

/** What the window's processes have used of the processor, in milliseconds. */
function processesOf(home) {
  const mine = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOf(name, home));
  const named = (name) => mine.find((pid) => nameOf(pid) === name);
  const [web, window] = [named('WebKitWebProces'), named('cropmark-studio')];
  const used = (path) => {
    const text = readFileSync(path, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  return {
    cpu: () => ({
      main: used(`/proc/${web}/task/${web}/stat`),
      page: used(`/proc/${web}/stat`),
      window: used(`/proc/${window}/stat`),
    }),
  };
}

function isOf(pid, home) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`);
  } catch {
    return false;
  }
}

function nameOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

await main().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
