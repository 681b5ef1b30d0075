// The compare view's truth, read from the screen: a variant in its own proportion, and a marked
// point of the original under the same point of the variant, for each operation that changes shape.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { png } from './png.js';
import { start } from './start.js';
import { pause, until } from './studio.js';
import { Display } from './x11.js';

const operations = {
  contain: '{ op = "resize", fit = "contain", width = 600, height = 600, background = "#ffffff" }',
  cover: '{ op = "resize", fit = "cover", width = 300, height = 300 }',
  fill: '{ op = "resize", fit = "fill", width = 500, height = 500 }',
  pad: '{ op = "pad", top = 30, left = 150, right = 20, bottom = 90 }',
  extend: '{ op = "extend", aspect = "3:1", gravity = "west" }',
  trim: '{ op = "trim" }',
  crop: '{ op = "crop", aspect = "16:9" }',
  quarter: '{ op = "rotate", angle = 90 }',
  slant: '{ op = "rotate", angle = 7 }',
  flip: '{ op = "flip" }',
  smart: '{ op = "resize", fit = "cover", width = 300, height = 300, gravity = "smart" }',
  entropy: '{ op = "crop", aspect = "1:1", gravity = "entropy" }',
  many: '{ op = "trim" }, { op = "flip" }, { op = "rotate", angle = 270 }, { op = "pad", all = 40 }, { op = "crop", width = "90%" }',
};
const widths = `
[generators.widths]
widths = [250, 500]
operations = [{ op = "resize", width = 500 }]
output = { format = "png" }
`;
const preset = `version = 1\n${Object.entries(operations)
  .map(
    ([name, chain]) =>
      `\n[generators.${name}]\noperations = [${chain}]\noutput = { format = "png" }\n`,
  )
  .join('')}${widths}`;

const shapes = { wide: [1200, 800], tall: [600, 900], square: [700, 700] };
const MARK = [255, 0, 255];

/** A grey drawing on a white border, with a magenta disc and some detail around it. */
function drawing([width, height]) {
  const [markX, markY] = [Math.round(width * 0.45), Math.round(height * 0.46)];
  return png(width, height, (x, y) => {
    const distance = Math.hypot(x + 0.5 - markX, y + 0.5 - markY);
    if (distance < 22) return MARK;
    if (distance < 60) return (x >> 3) % 2 === (y >> 3) % 2 ? [20, 60, 40] : [200, 220, 90];
    const border = Math.min(x, y, width - 1 - x, height - 1 - y) < 50;
    return border ? [255, 255, 255] : [(90 + (x * 40) / width) | 0, 100, 110];
  });
}

/** The middle of all magenta pixels on the screen. */
async function markOn(display) {
  const { pixels, width } = await display.screenshot(1280, 800);
  let [count, sumX, sumY] = [0, 0, 0];
  for (let index = 0; index < pixels.length; index += 4) {
    const [blue, green, red] = [pixels[index], pixels[index + 1], pixels[index + 2]];
    if (red < 215 || blue < 215 || green > 90) continue;
    count += 1;
    sumX += (index / 4) % width;
    sumY += Math.floor(index / 4 / width);
  }
  return count < 20 ? null : { x: sumX / count, y: sumY / count, count };
}

/** The mark once it stands still. */
const settled = (display, what) =>
  until(async () => {
    const one = await markOn(display);
    await pause(60);
    const other = await markOn(display);
    return one && other && one.x === other.x && one.y === other.y && other;
  }, what);

const drawn = () => {
  const image = document.querySelector('img[data-key]');
  const { width, height } = image.parentElement.getBoundingClientRect();
  return { drawn: width / height, own: image.naturalWidth / image.naturalHeight };
};

test('every shape of variant is drawn in its proportion, over what it shows', async (t) => {
  const files = { 'web.preset.toml': preset };
  for (const [name, size] of Object.entries(shapes)) files[`${name}.png`] = drawing(size);
  const folder = workspace(t, { files });
  const hands = await start(t, { words: [folder] });
  const { browser, evaluate, untilPage, click, chooseGenerator, currentVariant, tile } = hands;
  const display = await Display.open(hands.studio.display);
  t.after(() => display.close());
  const wrong = [];
  for (const shape of Object.keys(shapes)) {
    await click('button', 'Grid');
    await (await tile(`${shape}.png`)).click();
    await chooseGenerator('web.preset.toml', 'contain');
    await click('button', 'Compare');
    await currentVariant();
    await click('button', 'Flip');
    for (const generator of [...Object.keys(operations), 'widths']) {
      const what = `${shape}, ${generator}`;
      const former = (await hands.variant())?.key;
      await chooseGenerator('web.preset.toml', generator);
      await until(
        async () => {
          const now = await hands.variant();
          return now?.current && (now.key !== former || generator === 'contain');
        },
        `the variant of ${what}`,
        30_000,
      );
      const ratio = await evaluate(drawn);
      if (Math.abs(ratio.drawn / ratio.own - 1) > 0.005) {
        wrong.push(`${what}: drawn ${ratio.drawn}, own ${ratio.own}`);
      }
      const variant = await settled(display, `the mark of ${what}`);
      await browser.action('key').down('\\').perform(true);
      await untilPage(
        () =>
          !document.querySelector('img[data-key]') &&
          document.querySelector('[role=group] img')?.naturalWidth > 400,
        `the original of ${what}`,
      );
      const original = await settled(display, `the original's mark of ${what}`);
      await browser.action('key').up('\\').perform();
      await untilPage(() => document.querySelector('img[data-key]'), 'the variant again');
      const distance = Math.hypot(variant.x - original.x, variant.y - original.y);
      if (distance > 2) wrong.push(`${what}: ${distance.toFixed(1)} pixels apart`);
    }
  }
  assert.deepEqual(wrong, []);
});
