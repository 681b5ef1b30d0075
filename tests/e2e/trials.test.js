// Formats, qualities and sizes side by side, the difference and the loupe, read from the screen.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesBelow, temporaryFolder, workspace } from './folders.js';
import { Key } from './page.js';
import { png } from './png.js';
import { start } from './start.js';
import { programs, until } from './studio.js';
import { Display } from './x11.js';

const preset = `version = 1

# The wide one.
[generators.hero]
operations = [{ op = "resize", fit = "inside", width = 480 }]
output = { format = "jpeg", quality = 70 }

[generators.same]
operations = []
output = { format = "png" }

[generators.coarse]
operations = []
output = { format = "jpeg", quality = 5 }
`;

/** A colourful drawing. */
const drawing = png(600, 400, (x, y) => [
  (x * 255) / 600,
  (y * 255) / 400,
  (x >> 4) % 2 === (y >> 4) % 2 ? 220 : 30,
]);

const SIZE = [1280, 800];

async function open(t) {
  const files = { 'web.preset.toml': preset, 'drawing.png': drawing };
  const folder = workspace(t, { from: ['photos/autumn-lake.jpg'], files });
  return { ...(await start(t, { words: [folder] })), folder };
}

/** The tiles of variants: name, slot, bytes, whether they are current and exact. */
const tiles = ({ evaluate }) =>
  evaluate(() =>
    [...document.querySelectorAll('[data-pane]')].map((pane) => {
      const [facts, bytes] = ['[data-facts]', '[data-bytes]'].map((one) => pane.querySelector(one));
      return {
        name: pane.querySelector('[role=group]').getAttribute('aria-label'),
        slot: pane.dataset.pane,
        bytes: Number(bytes?.dataset.bytes),
        isExact: facts?.dataset.current === 'true' && bytes && !bytes.textContent.includes('≈'),
      };
    }),
  );

/** The names of formats in presets; the last one only where it can be written. */
const FORMATS = { JPEG: 'jpeg', WebP: 'webp', AVIF: 'avif', 'JPEG XL': 'jxl' };

/** The tiles, at least so many, once all are exact. */
const exactTiles = (hands, least) =>
  until(
    async () => {
      const found = await tiles(hands);
      return found.length >= least && found.every(({ isExact }) => isExact) && found;
    },
    `${least} exact tiles`,
    60_000,
  );

test('all formats have the bytes of exported files, and one is used and undone', async (t) => {
  const hands = await open(t);
  const { press, act, folder, untilPage, evaluate, click } = hands;
  await hands.compare('photos/autumn-lake.jpg', 'web.preset.toml', 'hero');
  await act('Compare: All Formats');
  const found = await exactTiles(hands, 3);
  const names = found.map(({ name }) => name);
  assert.deepEqual(names.slice(0, 3), ['JPEG', 'WebP', 'AVIF']);
  const formats = names.map((name) => FORMATS[name]);
  const exported = temporaryFolder(t);
  const all = join(temporaryFolder(t), 'all.preset.toml');
  writeFileSync(
    all,
    preset.replace('"jpeg", quality = 70', `${JSON.stringify(formats)}, quality = 70`),
  );
  const words = ['render', join(folder, 'photos'), '--preset', all, '--out', exported];
  const render = spawnSync(join(programs, 'cropmark'), [...words, '--generator', 'hero']);
  assert.equal(render.status, 0, String(render.stderr));
  const sizes = Object.fromEntries(
    filesBelow(exported).map((path) => [
      path.split('.').at(-1),
      statSync(join(exported, path)).size,
    ]),
  );
  assert.deepEqual(
    found.map(({ bytes }) => bytes),
    formats.map((format) => sizes[format === 'jpeg' ? 'jpg' : format]),
  );

  // By keyboard alone.
  const use = await hands.find('button', 'Use this format: WebP');
  await evaluate((element) => element.focus(), use);
  await press(Key.enter);
  await untilPage(
    () =>
      document.querySelector('[data-pane=active] [role=group]')?.getAttribute('aria-label') ===
      'WebP',
    'WebP is in use',
  );
  const file = join(folder, 'web.preset.toml');
  const text = () => readFileSync(file, 'utf8');
  await press(Key.ctrl, 's');
  await until(() => text() !== preset, 'the file is written');
  assert.equal(
    text(),
    preset.replace('format = "jpeg", quality = 70', 'format = "webp", quality = 70'),
  );
  await press(Key.ctrl, 'z');
  await untilPage(
    () =>
      document.querySelector('[data-pane=active] [role=group]')?.getAttribute('aria-label') ===
      'JPEG',
    'JPEG again',
  );
  await press(Key.ctrl, 's');
  await until(() => text() === preset, 'the file is as it was');

  await act('Compare: Qualities');
  const qualities = await exactTiles(hands, 5);
  const bytes = qualities.map((one) => one.bytes);
  assert.deepEqual(
    bytes,
    bytes.toSorted((a, b) => a - b),
    'a higher quality has more bytes',
  );
  await click('button', 'Split');
  await hands.find('slider', 'Divider between original and variant');
});

/** The levels of the screen in a part of the page, as the largest of each pixel. */
async function brightness({ evaluate, studio }, display, selector) {
  const box = await evaluate((css) => {
    const { left, top, width, height } = document.querySelector(css).getBoundingClientRect();
    return { left, top, width, height, inner: window.innerHeight };
  }, selector);
  const { pixels, width } = await display.screenshot(...SIZE);
  const below = SIZE[1] - box.inner;
  let [count, sum, largest] = [0, 0, 0];
  // The words in the corners are left out.
  for (let y = Math.ceil(box.top + box.height * 0.3); y < box.top + box.height * 0.7; y += 1) {
    for (let x = Math.ceil(box.left) + 4; x < box.left + box.width - 4; x += 1) {
      const index = ((y + below) * width + x) * 4;
      const level = Math.max(pixels[index], pixels[index + 1], pixels[index + 2]);
      count += 1;
      sum += level;
      largest = Math.max(largest, level);
    }
  }
  assert.ok(count > 10_000, `${studio.display}: ${count} pixels`);
  return { mean: sum / count, largest };
}

test('the difference of a lossless variant is black, that of a coarse one is not', async (t) => {
  const hands = await open(t);
  const { click, untilPage, chooseGenerator, browser, evaluate, find } = hands;
  const display = await Display.open(hands.studio.display);
  t.after(() => display.close());
  await hands.compare('drawing.png', 'web.preset.toml', 'same');
  await click('button', 'Difference');
  const shown = (words) =>
    untilPage(
      (wanted) =>
        document.querySelector('canvas[data-difference]')?.ariaLabel.includes(wanted) ||
        document
          .querySelector('canvas[data-difference]')
          ?.getAttribute('aria-label')
          .includes(wanted),
      `the difference: ${words}`,
      { words: [words], wait: 30_000 },
    );
  await shown('No difference');
  const canvas = 'canvas[data-difference]';
  const black = await until(async () => {
    const now = await brightness(hands, display, canvas);
    return now.largest === 0 && now;
  }, 'black on the screen');
  assert.equal(black.mean, 0);

  await chooseGenerator('web.preset.toml', 'coarse');
  await shown('Largest difference');
  const grey = await until(async () => {
    const now = await brightness(hands, display, canvas);
    return now.mean > 5 && now;
  }, 'the difference on the screen');
  const field = await find('textbox', 'Amplification of the difference');
  await evaluate((element) => element.focus(), field);
  await hands.fill('textbox', 'Amplification of the difference', '16');
  await hands.press(Key.enter);
  await until(
    async () => (await brightness(hands, display, canvas)).mean > grey.mean * 1.5,
    'more amplified',
  );

  const middle = await evaluate((css) => {
    const { left, top, width, height } = document.querySelector(css).getBoundingClientRect();
    return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
  }, canvas);
  await browser.action('pointer').move(middle).perform();
  const words = await untilPage(
    () => document.querySelector('[data-readout]')?.innerText,
    'the levels under the pointer',
  );
  const numbers = (name) =>
    new RegExp(`${name} (\\d+) (\\d+) (\\d+)`).exec(words).slice(1).map(Number);
  const [original, variant, by] = ['Original', 'Variant', 'Difference'].map(numbers);
  assert.deepEqual(
    by,
    original.map((level, index) => Math.abs(level - variant[index])),
  );
  // The drawing's own levels in its middle.
  assert.ok(Math.abs(original[0] - 127) < 6 && Math.abs(original[1] - 127) < 6, words);
});

test('the loupe follows the pointer and the keys', async (t) => {
  const hands = await open(t);
  const { untilPage, evaluate, press, browser, act } = hands;
  await hands.compare('drawing.png', 'web.preset.toml', 'coarse');
  const loupe = () =>
    evaluate(() => {
      const element = document.querySelector('[data-loupe]');
      if (!element) return null;
      const images = [...element.querySelectorAll('img')].map((one) => {
        const { left, width } = one.getBoundingClientRect();
        return { left, scale: (width * devicePixelRatio) / 600 };
      });
      return { factor: Number(element.dataset.loupe), images };
    });
  await evaluate(() => document.querySelector('[data-backdrop][role=group]').focus());
  await browser.action('key').down('l').perform(true);
  const first = await until(loupe, 'the loupe');
  assert.equal(first.factor, 2);
  for (const { scale } of first.images) assert.ok(Math.abs(scale - 2) < 0.01, `${scale}`);
  await browser.action('key').up('l').perform();
  await untilPage(() => !document.querySelector('[data-loupe]'), 'it is gone');

  await act('Toggle Loupe');
  await evaluate(() => document.querySelector('[data-backdrop][role=group]').focus());
  await press('4');
  const large = await until(async () => {
    const now = await loupe();
    return now?.factor === 4 && now;
  }, 'at 400%');
  await press(Key.right);
  const moved = await until(async () => {
    const now = await loupe();
    return now && now.images[0].left !== large.images[0].left && now;
  }, 'moved by a key');
  const [one, other] = [0, 1].map((at) => moved.images[at].left - large.images[at].left);
  assert.equal(Math.round(one), Math.round(other), 'both halves move together');
  await press(Key.escape);
  await untilPage(() => !document.querySelector('[data-loupe]'), 'closed');
});
