// Opening: a folder that is new, one that is known, one of the recent ones.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { measure } from './window-figures.js';
import * as page from './window-page.js';
import { firstPicture, inWindow, menuHeight, newHome, startAlone } from './window-program.js';
import { allListed, scrolled, scrollRows } from './window-scroll.js';

/** Everything is new: images are read and rendered while the user scrolls. Leaves all known. */
export async function first({ screen, options, folder }) {
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
export async function start({ screen, options, folder }) {
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
export async function recent({ screen, options, folder }) {
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
      const picture = await firstPicture(screen);
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
