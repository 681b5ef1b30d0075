// A preset file begins as a starter; what is surely not meant in one is mended by a button.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { Key } from './page.js';
import { start } from './start.js';
import { until } from './studio.js';

test('a new preset file begins as a starter', async (t) => {
  const folder = workspace(t, { from: ['photos/autumn-lake.jpg'], files: {} });
  const { $, act, click, fill, untilPage } = await start(t, { words: [folder] });
  await act('New Preset File…');
  // Each picture is there, not only its name.
  await untilPage(() => {
    const pictures = [...document.querySelectorAll('[data-starter] img')];
    return pictures.length === 9 && pictures.every((picture) => picture.naturalWidth > 0);
  }, 'pictures of the starters');
  await (await $('[data-starter=shop]')).click();
  await fill('textbox', 'Name', 'shop/web');
  await click('button', 'Create');
  const path = join(folder, 'shop/web.preset.toml');
  await until(() => existsSync(path), 'the file');
  const starter = new URL('../../assets/starters/shop.preset.toml', import.meta.url);
  assert.equal(readFileSync(path, 'utf8'), readFileSync(starter, 'utf8'));
  await untilPage(() => document.querySelector('aside h2')?.textContent === 'product', 'product');
});

test('a warning says what will happen, and its button mends it', async (t) => {
  const preset =
    'version = 1\n\n[generators.web]\noutput = { format = "jpeg", quality = 100 } # sharp\n';
  const folder = workspace(t, {
    ...{ from: ['photos/autumn-lake.jpg'], files: { 'web.preset.toml': preset } },
  });
  const hands = await start(t, { words: [folder] });
  const { chooseGenerator, click, find, press, untilPage } = hands;
  await chooseGenerator('web.preset.toml', 'web');
  await find('button', '1 warning');
  await click('button', 'Fix “Quality: 100', { exact: false });
  await untilPage(() => !document.querySelector('[aria-label="1 warning"]'), 'no warning');
  await press(Key.ctrl, 's');
  const path = join(folder, 'web.preset.toml');
  await until(() => readFileSync(path, 'utf8') !== preset, 'the saved file');
  assert.equal(readFileSync(path, 'utf8'), preset.replace('100', '90'));
});
