// Files and folders from a file manager: dropped by the X protocol, as a file manager does it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { samples, workspace } from './folders.js';
import { studioOf } from './processes.js';
import { start } from './start.js';
import { until } from './studio.js';
import { dropFiles, titleOf } from './x11.js';

const pidOf = ({ studio }) => studioOf(studio.home).pid;

test('a dropped folder is opened', async (t) => {
  const folder = workspace(t, { from: ['photos/autumn-lake.jpg', 'photos/arcade.jpg'] });
  const hands = await start(t);
  await hands.find('button', 'Open Sample Workspace');
  await dropFiles(hands.studio.display, pidOf(hands), [folder], [500, 400]);
  await hands.tile('photos/autumn-lake.jpg');
  await hands.tile('photos/arcade.jpg');
  const title = () => titleOf(hands.studio.display, pidOf(hands));
  await until(async () => (await title()) === 'pictures - Cropmark', 'the title names the folder');
  await hands.act('Close Workspace');
  await until(async () => (await title()) === 'Cropmark', 'and no longer, once it is closed');
  await hands.click('button', 'Open Sample Workspace');
  await hands.tile('photos/autumn-lake.jpg');
  await until(async () => / - Cropmark$/.test(await title()), 'the title names the samples');
});

test('dropped files are copied into the workspace, and what they are is said', async (t) => {
  const folder = workspace(t, {
    from: ['photos/arcade.jpg'],
    files: { 'other/notes.txt': 'no image' },
  });
  const hands = await start(t, { words: [join(folder, 'photos')] });
  await hands.tile('arcade.jpg');
  const lake = join(samples, 'photos/autumn-lake.jpg');
  await dropFiles(
    hands.studio.display,
    pidOf(hands),
    [lake, join(folder, 'other/notes.txt')],
    [300, 400],
  );
  await until(() => existsSync(join(folder, 'photos/autumn-lake.jpg')), 'the file is copied');
  assert.ok(existsSync(lake), 'it stays where it was as well');
  await hands.tile('autumn-lake.jpg');
  await hands.untilPage(() => /Copied 1 file/.test(document.body.innerText), 'the copy is told');
  await hands.untilPage(() => /notes\.txt/.test(document.body.innerText), 'the refusal is told');
});
