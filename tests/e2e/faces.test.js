// A variant is cut around a face; the face is removed, which can be undone, and another one is drawn.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { Key } from './page.js';
import { start } from './start.js';
import { until } from './studio.js';

const preset = `version = 1

[generators.card]
operations = [{ op = "crop", aspect = "1:1", gravity = "face" }]
output = { format = "jpeg" }
`;
const PATH = 'portrait.svg';
const portrait = readFileSync(new URL('../cli/inputs/portrait.svg', import.meta.url));

test('found, removed, undone and drawn', async (t) => {
  const folder = workspace(t, { files: { 'web.preset.toml': preset, [PATH]: portrait } });
  const { compare, click, press, $, browser, untilPage, variant } = await start(t, {
    words: [folder],
  });
  const found = await compare(PATH, 'web.preset.toml', 'card');
  const turnTool = () => click('button', 'Focal point');
  const other = (key) =>
    until(
      async () => {
        const now = await variant();
        return now?.current && now.key !== key && now;
      },
      `another variant than ${key}`,
      30_000,
    );
  const faces = (number) =>
    untilPage(
      (expected) => document.querySelectorAll('[data-face]').length === expected,
      `${number} faces`,
      { words: [number] },
    );
  await turnTool();
  await faces(1);

  await click('button', 'Not a face (1)');
  await faces(0);
  await turnTool();
  const without = await other(found.key);
  await press(Key.ctrl, 'z');
  assert.equal((await other(without.key)).key, found.key);

  await turnTool();
  await faces(1);
  await click('button', 'Add face');
  const area = await $('[data-adding]');
  const { width, height } = await area.getSize();
  const at = (x, y) => ({ origin: area, x: Math.round(x * width), y: Math.round(y * height) });
  await browser
    .action('pointer')
    .move(at(-0.1, -0.2))
    .down()
    .move(at(-0.05, 0.1))
    .move(at(-0.03, 0.2))
    .up()
    .perform();
  await faces(2);
  await turnTool();
  const both = await other(found.key);
  await turnTool();
  await click('button', 'Detect again');
  await faces(1);
  await turnTool();
  assert.equal((await other(both.key)).key, found.key);
});
