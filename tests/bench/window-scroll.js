// Scrolling, by the mouse's wheel.

import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { gapsOf, measure } from './window-figures.js';
import * as page from './window-page.js';
import { inWindow, menuHeight, newHome, processesOf } from './window-program.js';

const NOTCHES = 150;
const NOTCH_MILLISECONDS = 25;

export async function scroll({ screen, options, folder }) {
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

export function scrollRows(figures, limits = {}) {
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
export async function scrolled({ screen, hands }) {
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

export const allListed = (hands, count) =>
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
