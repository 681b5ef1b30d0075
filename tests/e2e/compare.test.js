// The compare view: one transform for original and variant, divider, modes, the original on a key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { Key } from './page.js';
import { start } from './start.js';
import { until } from './studio.js';

const preset = `version = 1

[generators.web]
operations = [{ op = "resize", fit = "inside", width = 1200 }]
output = { format = "jpeg", quality = 70 }

[generators.small]
operations = [{ op = "resize", fit = "inside", width = 300 }]
output = { format = "jpeg" }
`;

async function open(t) {
  const folder = workspace(t, {
    from: ['photos/autumn-lake.jpg'],
    files: { 'web.preset.toml': preset },
  });
  const hands = await start(t, { words: [folder] });
  await hands.compare('photos/autumn-lake.jpg', 'web.preset.toml', 'web');
  const { browser, evaluate, untilPage } = hands;
  await untilPage(
    () =>
      document.querySelector('img[data-key]')?.getBoundingClientRect().width > 100 &&
      document.querySelector('[role=group] img:not([data-key])'),
    'both pictures fit the pane',
    { wait: 30_000 },
  );
  return {
    ...hands,
    /** Where the variant's picture is, its scale, and where the original's is. */
    place: () =>
      evaluate(() => {
        const box = (image) => {
          if (!image) return null;
          const { left, top, width, height } = image.getBoundingClientRect();
          return { left, top, width, height };
        };
        const variant = document.querySelector('img[data-key]');
        const original = document.querySelector('[role=group] img:not([data-key])');
        const pane = document.querySelector('[data-backdrop][role=group]');
        return {
          variant: box(variant),
          original: box(original),
          pane: box(pane),
          ratio: (variant.getBoundingClientRect().width * devicePixelRatio) / variant.naturalWidth,
        };
      }),
    wheel: (x, y, deltaY) =>
      browser
        .action('wheel')
        .scroll({ x: Math.round(x), y: Math.round(y), deltaX: 0, deltaY })
        .perform(),
    drag: async (from, to) => {
      const [x, y] = from.map(Math.round);
      const [toX, toY] = to.map(Math.round);
      await browser
        .action('pointer')
        .move({ x, y })
        .down()
        .move({ x: Math.round((x + toX) / 2), y: Math.round((y + toY) / 2) })
        .move({ x: toX, y: toY })
        .up()
        .perform();
    },
  };
}

const near = (a, b, by, what) => assert.ok(Math.abs(a - b) <= by, `${what}: ${a} and ${b}`);
/** Where on the picture a point of the window is, as shares. */
const shareAt = ({ left, top, width, height }, [x, y]) => [(x - left) / width, (y - top) / height];

test('the wheel zooms at the pointer, dragging pans, keys fit and zoom', async (t) => {
  const { place, wheel, drag, press } = await open(t);
  const fitted = await place();
  const at = [
    Math.round(fitted.variant.left + fitted.variant.width * 0.7),
    Math.round(fitted.variant.top + fitted.variant.height * 0.3),
  ];
  await wheel(...at, -300);
  const zoomed = await until(async () => {
    const now = await place();
    return now.ratio > fitted.ratio * 1.3 && now;
  }, 'the wheel zooms in');
  assert.deepEqual(zoomed.pane, fitted.pane, 'nothing that arrives moves the pane');
  const [before, after] = [shareAt(fitted.variant, at), shareAt(zoomed.variant, at)];
  const { width, height } = zoomed.variant;
  near(before[0] * width, after[0] * width, 0.5, 'the point under the pointer');
  near(before[1] * height, after[1] * height, 0.5, 'the point under the pointer');
  near(zoomed.original.left, zoomed.variant.left, 1.5, 'original and variant');
  near(zoomed.original.width, zoomed.variant.width, 1.5, 'original and variant');

  await drag(at, [at[0] - 60, at[1] + 45]);
  const panned = await place();
  near(panned.variant.left, zoomed.variant.left - 60, 1.5, 'panned');
  near(panned.variant.top, zoomed.variant.top + 45, 1.5, 'panned');
  near(panned.variant.width, zoomed.variant.width, 0.5, 'panned');

  await press(Key.ctrl, '1');
  near((await place()).ratio, 1, 0.002, 'Ctrl+1');
  await press(Key.ctrl, '=');
  near((await place()).ratio, 1.25, 0.002, 'Ctrl and plus');
  await press(Key.ctrl, '-');
  near((await place()).ratio, 1, 0.002, 'Ctrl and minus');
  await press(Key.ctrl, '0');
  const again = await place();
  near(again.variant.left, fitted.variant.left, 1, 'Ctrl+0');
  near(again.ratio, fitted.ratio, 0.01, 'Ctrl+0');
});

test('the divider moves by keys and by dragging', async (t) => {
  const { find, press, drag, evaluate } = await open(t);
  const divider = await find('slider', 'Divider between original and variant');
  const now = async () => Number(await divider.getAttribute('aria-valuenow'));
  assert.equal(await now(), 50);
  await evaluate((element) => element.focus(), divider);
  await press(Key.left);
  assert.equal(await now(), 49);
  await press(Key.shift, Key.right);
  assert.equal(await now(), 59);
  await press(Key.home);
  assert.equal(await now(), 0);
  await press(Key.end);
  assert.equal(await now(), 100);
  await press(Key.home);
  const pane = await evaluate((element) => {
    const { left, top, width, height } = element.parentElement.getBoundingClientRect();
    return { left, top, width, height };
  }, divider);
  const y = pane.top + pane.height / 2;
  await drag([pane.left + 2, y], [pane.left + pane.width * 0.25, y]);
  await until(
    async () => Math.abs((await now()) - 25) <= 1,
    'the divider is where it was dragged to',
  );
  const cut = await evaluate(
    () => document.querySelector('img[data-key]').closest('[style*=inset]').style.clipPath,
  );
  assert.match(cut, /inset\(0(px)? 0(px)? 0(px)? 2[456]/);
});

test('a changed setting keeps the zoom', async (t) => {
  const { place, wheel, press, evaluate, $, variant } = await open(t);
  const { variant: box } = await place();
  await wheel(box.left + box.width / 3, box.top + box.height / 3, -240);
  await press(Key.ctrl, '=');
  const [zoomed, former] = [await place(), await variant()];
  const slider = await $('[data-field="output.quality"] input[type=range]');
  await evaluate((element) => element.focus(), slider);
  await press(Key.left);
  await until(
    async () => {
      const next = await variant();
      return next?.current && next.key !== former.key;
    },
    'the new variant',
    30_000,
  );
  assert.deepEqual((await place()).variant, zoomed.variant);
});

test('a held backslash shows the original, and the modes show what they say', async (t) => {
  const { browser, click, untilPage, evaluate, find } = await open(t);
  const pictures = () => evaluate(() => document.querySelectorAll('[role=group] img').length);
  await click('button', 'Flip');
  await untilPage(() => document.querySelectorAll('[role=group] img').length === 1, 'one picture');
  await browser.action('key').down('\\').perform(true);
  await untilPage(() => !document.querySelector('img[data-key]'), 'the original alone');
  assert.equal(await pictures(), 1);
  await browser.action('key').up('\\').perform();
  await untilPage(() => document.querySelector('img[data-key]'), 'the variant again');

  await click('button', 'Side by side');
  await untilPage(
    () => document.querySelectorAll('[data-backdrop][role=group]').length === 2,
    'two panes',
  );
  const [left, right] = await evaluate(() =>
    [...document.querySelectorAll('[role=group] img')].map((one) => {
      const pane = one.closest('[role=group]').getBoundingClientRect();
      const { left, top, width } = one.getBoundingClientRect();
      return [left - pane.left, top - pane.top, width];
    }),
  );
  for (const index of [0, 1, 2]) near(left[index], right[index], 1.5, 'both panes');

  await click('button', 'Multi-up');
  await click('button', 'Add to comparison');
  await click('menuitem', 'small');
  await untilPage(() => document.querySelectorAll('img[data-key]').length === 2, 'two variants', {
    wait: 30_000,
  });
  await click('button', 'Split');
  await find('slider', 'Divider between original and variant');
});
