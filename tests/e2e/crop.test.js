// A crop by hand is of one picture; told so, of all pictures of the generator.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { Key } from './page.js';
import { start } from './start.js';
import { programs, until } from './studio.js';

const preset = `version = 1

[generators.hero]
operations = [
  { op = "crop", aspect = "16:9", gravity = "smart" },
  { op = "resize", width = 320 },
]
output = { format = "jpeg" }
`;
const [LAKE, TABLE] = ['photos/autumn-lake.jpg', 'photos/rain-window.jpg'];

test('a crop of this image, undone, redone, in an export, reset; and one of all', async (t) => {
  const folder = workspace(t, { from: [LAKE, TABLE], files: { 'web.preset.toml': preset } });
  const { studio, end, compare, click, press, $, find, evaluate, untilPage, variant } = await start(
    t,
    { words: [folder] },
  );
  const now = (what, is) =>
    until(
      async () => {
        const shown = await variant();
        return shown?.current && is(shown) && shown;
      },
      what,
      30_000,
    );
  const table = await compare(TABLE, 'web.preset.toml', 'hero');
  await click('button', 'Grid');
  const rule = await compare(LAKE, 'web.preset.toml', 'hero');

  await click('button', 'Crop');
  await find('button', 'This image');
  const pixels = () =>
    evaluate(() => document.querySelector('[data-crop-pixels]')?.textContent?.split(' × '));
  const [width, height] = (await pixels()).map(Number);
  assert.ok(Math.abs(width / height - 16 / 9) < 0.02, `begins on the rule’s frame: ${width}`);
  // The lower right handle, by keys: the ratio stays.
  const handle = () => document.querySelector('[aria-label="Crop handle: bottom right"]')?.focus();
  await evaluate(handle);
  for (let step = 0; step < 12; step++) await press(Key.shift, Key.left);
  await untilPage(
    (before) => {
      const [across, down] = document
        .querySelector('[data-crop-pixels]')
        .textContent.split(' × ')
        .map(Number);
      return across < before * 0.95 && Math.abs(across / down - 16 / 9) < 0.02;
    },
    'a smaller frame of the same ratio',
    { words: [width] },
  );
  await click('button', 'Crop');
  const own = await now('another variant', ({ key }) => key !== rule.key);
  assert.equal(readFileSync(join(folder, 'web.preset.toml'), 'utf8'), preset);
  await $('[data-own-crop]');
  await click('button', 'Grid');
  assert.equal((await compare(TABLE, 'web.preset.toml', 'hero')).key, table.key);
  await click('button', 'Grid');
  await compare(LAKE, 'web.preset.toml', 'hero');

  await press(Key.ctrl, 'z');
  const undo = await now('the former crop', ({ key }) => key !== own.key);
  await press(Key.ctrl, Key.shift, 'z');
  await now('the crop again', ({ key }) => key === own.key);
  assert.notEqual(undo.key, own.key);
  await end();

  // The command line renders it, and exports it with the workspace.
  const out = join(studio.home, 'out');
  const words = ['--workspace', folder, '--preset', join(folder, 'web.preset.toml'), '--out', out];
  const told = execFileSync(
    join(programs, 'cropmark'),
    ['render', folder, ...words, '--json', '--name', '{key}.{ext}'],
    {
      env: { ...process.env, HOME: studio.home, XDG_DATA_HOME: join(studio.home, 'data') },
      encoding: 'utf8',
    },
  );
  assert.ok(told.includes(own.key.slice(0, 10)), told);
  const saved = execFileSync(join(programs, 'cropmark'), ['workspace', 'export', folder], {
    encoding: 'utf8',
  });
  assert.ok(JSON.parse(saved).annotations[0].crops.hero.width < 1, saved);

  const second = await start(t, { words: [folder], home: studio.home });
  await second.find('button', 'Reset');
  await second.click('button', 'Reset', { within: '[data-facts]' });
  await until(
    async () => {
      const shown = await second.variant();
      return shown?.current && shown.key === rule.key;
    },
    'the rule’s variant',
    30_000,
  );
  // All images: the rule itself, whose ratio stays.
  await second.click('button', 'Crop');
  await second.click('button', 'All images of “hero”');
  await second.evaluate(handle);
  for (let step = 0; step < 12; step++) await second.press(Key.shift, Key.left);
  await second.untilPage(
    () =>
      [...document.querySelectorAll('button')].some(
        (one) => one.textContent === 'Remove' && !one.disabled,
      ),
    'the rule has the crop',
  );
  await second.press(Key.ctrl, 's');
  await until(
    () => {
      const text = readFileSync(join(folder, 'web.preset.toml'), 'utf8');
      return text.includes('aspect = "16:9"') && text.includes('gravity = "north-west"');
    },
    'the saved rule',
    10_000,
  );
});
