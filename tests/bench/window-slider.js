// A quality slider on a large photograph, by key and by mouse.

import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { watch } from './screen.js';
import { measure, staleIn } from './window-figures.js';
import * as page from './window-page.js';
import { largePhoto } from './window-pictures.js';
import { inWindow, menuHeight, newHome } from './window-program.js';

const SLIDER_STEPS = 12;

export async function slider({ screen, options }) {
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
