// A folder on the command line that cannot be opened: the window opens, and says why and what to do.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, workspace } from './folders.js';
import { start } from './start.js';

const told = () => document.querySelector('main [role=alert]')?.textContent;

test('a folder that is not there is told on the welcome screen, and another one can be opened', async (t) => {
  const missing = join(temporaryFolder(t), 'gone');
  const { find, evaluate, untilPage, click, act } = await start(t, { words: [missing] });
  await find('button', 'Open Folder…');
  const words = await untilPage(told, 'why the folder is not open');
  assert.ok(words.startsWith(`There is no folder ${missing}. `), words);
  assert.match(words, /Open the folder where it is/);
  await click('button', 'Open Sample Workspace');
  await untilPage(() => document.querySelector('[role=gridcell]'), 'the grid', { wait: 30_000 });
  await act('Close Workspace');
  await find('button', 'Open Folder…');
  assert.equal(await evaluate(told), null, 'it is not told again');
});

test('a folder that is refused for what lies in it is told', async (t) => {
  const folder = workspace(t, { from: ['photos/arcade.jpg'] });
  symlinkSync('/nowhere', join(folder, '.cropmark'));
  const { find, untilPage } = await start(t, { words: [folder] });
  await find('button', 'Open Folder…');
  const words = await untilPage(told, 'why the folder is not open');
  assert.match(words, /it is a link, which Cropmark never makes there; remove it/);
});
