// A focal point is set on the original, moves the crops, can be undone and is kept.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { Key } from './page.js';
import { start } from './start.js';
import { until } from './studio.js';

const preset = `version = 1

[generators.face]
operations = [{ op = "resize", fit = "cover", width = 200, height = 200, gravity = "focal" }]
output = { format = "jpeg" }
`;
const PATH = 'photos/autumn-lake.jpg';

test('set by a click, undone, set again, and there after a restart', async (t) => {
  const folder = workspace(t, { from: [PATH], files: { 'web.preset.toml': preset } });
  const { studio, end, compare, click, press, $, browser, untilPage, variant } = await start(t, {
    words: [folder],
  });
  const middle = await compare(PATH, 'web.preset.toml', 'face');
  const other = (key) =>
    until(
      async () => {
        const now = await variant();
        return now?.current && now.key !== key && now;
      },
      `another variant than ${key}`,
      30_000,
    );

  const setAtLeft = async () => {
    await click('button', 'Focal point');
    const area = await $('[data-focal-area]');
    const { width, height } = await area.getSize();
    await browser
      .action('pointer')
      // From the element's middle.
      .move({ origin: area, x: Math.round(-0.4 * width), y: Math.round(-0.2 * height) })
      .down()
      .up()
      .perform();
    await untilPage(
      () =>
        /^1[01]% from the left, (29|30|31)%/.test(
          document.querySelector('[data-focal-area]')?.getAttribute('aria-valuetext'),
        ),
      'the point where the click was',
    );
    await click('button', 'Focal point');
    return other(middle.key);
  };
  const moved = await setAtLeft();
  await press(Key.ctrl, 'z');
  const undone = await other(moved.key);
  assert.equal(undone.key, middle.key);
  const again = await setAtLeft();
  assert.equal(again.key, moved.key);
  await end();

  const second = await start(t, { words: [folder], home: studio.home });
  const kept = await until(
    async () => {
      const now = await second.variant();
      return now?.current && now;
    },
    'the variant after the restart',
    30_000,
  );
  assert.equal(kept.key, moved.key);
  await second.click('button', 'Grid');
  await second.$(`[role=gridcell][data-path="${PATH}"] [aria-label="Has a focal point"]`);
});
