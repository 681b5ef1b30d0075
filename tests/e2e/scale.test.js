// The interface scale: it is kept, everything grows with it, and pictures keep their pixels.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { Key } from './page.js';
import { png } from './png.js';
import { start } from './start.js';
import { until } from './studio.js';
import { Display } from './x11.js';

const preset = `version = 1

[generators.same]
operations = []
output = { format = "png" }
`;

/** Columns of one pixel, black and white in turn: any scaling or shift makes them grey. */
const stripes = png(401, 301, (x) => (x % 2 === 0 ? [0, 0, 0] : [255, 255, 255]));

/** The longest row of pixels on the screen that are black and white in turn. */
async function longestRow(display) {
  const [width, height] = [1280, 800];
  const { pixels } = await display.screenshot(width, height);
  let longest = 0;
  for (let y = 0; y < height; y += 7) {
    let length = 0;
    for (let x = 1; x < width; x += 1) {
      const [former, now] = [(y * width + x - 1) * 4, (y * width + x) * 4];
      const isTurn = [0, 1, 2].every((level) => {
        const [a, b] = [pixels[former + level], pixels[now + level]];
        return Math.abs(a - b) > 235;
      });
      length = isTurn ? length + 1 : 0;
      longest = Math.max(longest, length);
    }
  }
  return longest;
}

test('everything grows, pictures keep their pixels, and the scale is there after a restart', async (t) => {
  const folder = workspace(t, { files: { 'web.preset.toml': preset, 'stripes.png': stripes } });
  const first = await start(t, { words: [folder] });
  const { press, act, evaluate, find, untilPage, studio } = first;
  await first.compare('stripes.png', 'web.preset.toml', 'same');
  await act('Compare: Flip');
  const display = await Display.open(studio.display);
  t.after(() => display.close());
  const sizes = () =>
    evaluate(() => ({ inner: innerWidth, toolbar: document.querySelector('header').offsetHeight }));
  const whole = await sizes();

  for (const percent of [100, 125, 150]) {
    await act(`Interface Scale: ${percent}%`);
    await untilPage(
      (wanted) => Math.abs(innerWidth - wanted) <= 1,
      `the page is drawn at ${percent}%`,
      { words: [(whole.inner * 100) / percent] },
    );
    assert.equal((await sizes()).toolbar, whole.toolbar, 'the page’s own lengths stay');
    // The pane has another size: fit the picture first, so that it is in the middle.
    await press(Key.ctrl, '0');
    await press(Key.ctrl, '1');
    let longest = 0;
    const isSharp = async () => {
      longest = await longestRow(display);
      return longest >= 250;
    };
    await until(isSharp, `sharp stripes at ${percent}%`).catch((error) => {
      throw new Error(`${error.message}; the longest row has ${longest} pixels`);
    });
  }

  await press(Key.ctrl, ',');
  const chosen = await find('button', '150%', { within: '[role=dialog]' });
  assert.equal(await evaluate((button) => button.getAttribute('aria-pressed'), chosen), 'true');
  // WebDriver does not know the zoom, and would press elsewhere.
  const other = await find('button', '125%', { within: '[role=dialog]' });
  await evaluate((button) => button.click(), other);
  const wanted = { words: [(whole.inner * 100) / 125] };
  const isScaled = (width) => Math.abs(innerWidth - width) <= 1;
  await untilPage(isScaled, 'the settings change it at once', wanted);
  await press(Key.escape);
  await press(Key.ctrl, Key.alt, '0');
  await untilPage(isScaled, 'keys change it', { words: [whole.inner] });
  await press(Key.ctrl, Key.alt, '=');
  await untilPage(isScaled, 'keys change it', { words: [(whole.inner * 100) / 110] });
  await first.end();

  const second = await start(t, { home: studio.home });
  await second.untilPage(isScaled, 'it is remembered', { words: [(whole.inner * 100) / 110] });
});
