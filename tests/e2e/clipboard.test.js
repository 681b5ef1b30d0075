// The clipboard and files of variants: an image that is copied and pasted, text that is cut and pasted by
// the menu's keys, and a variant saved under a name that the user chooses.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, workspace } from './folders.js';
import { Key } from './page.js';
import { start } from './start.js';
import { until } from './studio.js';
import { clipboardAs } from './x11.js';

const FILE = 'web.preset.toml';
const preset = `version = 1

[generators.web]
operations = [{ op = "resize", fit = "inside", width = 300 }]
output = { format = "webp", quality = 50 }
`;

const open = (t) =>
  start(t, {
    words: [workspace(t, { from: ['photos/arcade.jpg'], files: { [FILE]: preset } })],
  });

test('another program gets an image in its own format or as PNG', async (t) => {
  const { compare, act, untilPage, studio } = await open(t);
  const variant = await compare('photos/arcade.jpg', FILE, 'web');
  await act('Copy Image');
  await untilPage(() => /Image copied/.test(document.body.innerText), 'it is told', {
    wait: 30_000,
  });
  const own = await clipboardAs(studio.display, 'image/webp');
  assert.equal(own.toString('latin1', 8, 12), 'WEBP');
  assert.equal(own.readUInt32LE(4) + 8, variant.bytes);
  const png = await clipboardAs(studio.display, 'image/png');
  assert.equal(png.toString('latin1', 1, 4), 'PNG');
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [variant.width, variant.height]);
  assert.equal(await clipboardAs(studio.display, 'image/tiff'), null);
});

test('text is cut, copied and pasted by the keys that the menu has', async (t) => {
  const { fill, evaluate, press } = await open(t);
  const field = await fill('textbox', 'Search file names', 'arcade');
  const value = () => evaluate((element) => element.value, field);
  const becomes = (text, what) => until(async () => (await value()) === text, what);
  await becomes('arcade', 'it is typed');
  await press(Key.ctrl, 'a');
  await press(Key.ctrl, 'x');
  await becomes('', 'it is cut');
  await press(Key.ctrl, 'v');
  await becomes('arcade', 'it is back');
  await press(Key.ctrl, 'a');
  await press(Key.ctrl, 'c');
  await press(Key.end);
  await press(Key.ctrl, 'v');
  await becomes('arcadearcade', 'it is there twice');
});

test('a variant is saved under the name that the user chooses', async (t) => {
  const { compare, act, untilPage, studio } = await open(t);
  const variant = await compare('photos/arcade.jpg', FILE, 'web');
  const path = join(temporaryFolder(t), 'for the client.webp');
  studio.answerDialogs(path);
  await act('Save Variant As…');
  await until(() => existsSync(path), 'the file', 30_000);
  const bytes = readFileSync(path);
  assert.equal(bytes.length, variant.bytes);
  assert.equal(bytes.toString('latin1', 8, 12), 'WEBP');
  await untilPage((name) => document.body.innerText.includes(`Saved ${name}`), 'where it is', {
    words: [path],
  });

  studio.answerDialogs(path.replace('.webp', '.jpg'));
  await act('Save Variant As…');
  await untilPage(
    () => /this variant is WebP\. Name it for the client\.webp\./.test(document.body.innerText),
    'a wrong name is refused',
  );
  assert.ok(!existsSync(path.replace('.webp', '.jpg')));
});
