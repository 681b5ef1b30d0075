// Changes that cannot be saved where they are: kept for the next time, and asked about before the
// workspace or the window is closed.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeReadOnly, temporaryFolder, workspace } from './folders.js';
import { Key } from './page.js';
import { studioOf } from './processes.js';
import { sessionBus, startAgain } from './secondStart.js';
import { start } from './start.js';
import { until } from './studio.js';
import { closeWindow, titleOf } from './x11.js';

const FILE = 'web.preset.toml';
const preset = `# Ours.
version = 1

[generators.web]
operations = []
output = { format = "webp", quality = 50 }
`;
const changed = (quality) => preset.replace('quality = 50', `quality = ${quality}`);
const files = { [FILE]: preset };
const DIALOG = '[role=dialog]';

/** Opens a folder, and the user's actions on its preset. */
async function open(t, wanted) {
  const hands = await start(t, wanted);
  const { fill, press, untilPage, evaluate, studio } = hands;
  const quality = () =>
    untilPage(
      () => document.querySelector('[data-field="output.quality"] input[type=range]')?.value,
      'the quality',
      { wait: 30_000 },
    );
  return {
    ...hands,
    quality,
    setQuality: async (value) => {
      await hands.chooseGenerator(FILE, 'web');
      await fill('textbox', 'Quality', String(value), { within: '[data-section=output]' });
      await press(Key.enter);
      await untilPage(
        () => document.querySelector('header button[aria-label^="Save unsaved changes in"]'),
        'the mark',
      );
    },
    isSaved: () =>
      evaluate(
        () => !document.querySelector('header button[aria-label^="Save unsaved changes in"]'),
      ),
    closeWindow: () => closeWindow(studio.display, studioOf(studio.home).pid),
    isOver: () => until(() => studioOf(studio.home) === null, 'the studio ends', 20_000),
    asked: () =>
      untilPage(() => document.querySelector('[role=dialog]')?.innerText, 'the question'),
  };
}

function readOnlyFolder(t) {
  const folder = workspace(t, { from: ['photos/arcade.jpg'], files });
  return makeReadOnly(t, folder) ? folder : t.skip('no folder can be made read-only here');
}

test('closing the window asks about changes of a read-only folder, and saves a copy', async (t) => {
  const folder = readOnlyFolder(t);
  if (!folder) return;
  const hands = await open(t, { words: [folder] });
  const { setQuality, asked, click, untilPage, find, studio, isOver } = hands;
  await setQuality(61);

  await hands.closeWindow();
  const words = await asked();
  assert.ok(words.includes(`Keep your changes to ${FILE}?`), words);
  assert.ok(words.includes(`Can’t save ${FILE}: ${folder} is read-only.`), words);
  await click('button', 'Cancel', { within: DIALOG });
  await untilPage(() => !document.querySelector('[role=dialog]'), 'the window stays');
  assert.equal(await hands.quality(), '61', 'and so do the changes');

  await hands.closeWindow();
  await find('button', 'Save a Copy…', { within: DIALOG });
  const copy = join(temporaryFolder(t), FILE);
  studio.answerDialogs(copy);
  await click('button', 'Save a Copy…', { within: DIALOG });
  await isOver();
  assert.equal(readFileSync(copy, 'utf8'), changed(61));
  assert.equal(readFileSync(join(folder, FILE), 'utf8'), preset);
});

test('changes of a read-only folder survive a crash until they are discarded', async (t) => {
  const folder = readOnlyFolder(t);
  if (!folder) return;
  const first = await open(t, { words: [folder] });
  await first.setQuality(62);
  const unsaved = join(first.studio.home, 'data/cropmark/unsaved');
  await until(() => existsSync(unsaved), "the changes are kept in the user's data");
  process.kill(studioOf(first.studio.home).pid, 'SIGKILL');
  await first.end();

  const second = await open(t, { words: [folder], home: first.studio.home });
  await second.chooseGenerator(FILE, 'web');
  assert.equal(await second.quality(), '62');
  await second.act('Close Workspace');
  await second.asked();
  await second.click('button', 'Discard', { within: DIALOG });
  await second.click('button', 'pictures', { exact: false, within: 'main' });
  await second.chooseGenerator(FILE, 'web');
  assert.equal(await second.quality(), '50');
  assert.ok(await second.isSaved());
  await second.closeWindow();
  await second.isOver();
});

test('a second start asks about changes that cannot be saved before its folder is opened', async (t) => {
  const folder = readOnlyFolder(t);
  const address = await sessionBus(t);
  if (!folder) return;
  if (!address) return t.skip('dbus-daemon is not there');
  const other = join(workspace(t, { from: ['photos/dusk-ridge.jpg'] }), 'photos');
  const env = { DBUS_SESSION_BUS_ADDRESS: address };
  const hands = await open(t, { words: [folder], env });
  const { studio, asked, click, tile, untilPage, setQuality } = hands;
  await setQuality(64);

  await startAgain(studio, env, other);
  const words = await asked();
  assert.ok(words.includes(`Keep your changes to ${FILE}?`), words);
  await click('button', 'Cancel', { within: DIALOG });
  await untilPage(() => !document.querySelector('[role=dialog]'), 'the question is over');
  await tile('photos/arcade.jpg');
  assert.equal(await hands.quality(), '64', 'the folder and its changes stay');

  await startAgain(studio, env, other);
  await asked();
  await click('button', 'Discard', { within: DIALOG });
  await tile('dusk-ridge.jpg');
  assert.equal(readFileSync(join(folder, FILE), 'utf8'), preset);
  const { pid } = studioOf(studio.home);
  await until(
    async () => (await titleOf(studio.display, pid)) === 'photos - Cropmark',
    'the title names the folder',
    5000,
  );
  await hands.closeWindow();
  await hands.isOver();
});

test('changes that can be saved later need no question, and are back', async (t) => {
  const folder = workspace(t, { from: ['photos/arcade.jpg'], files });
  const first = await open(t, { words: [folder] });
  await first.setQuality(63);
  await first.closeWindow();
  await first.isOver();
  await first.end();
  const second = await open(t, { words: [folder], home: first.studio.home });
  await second.chooseGenerator(FILE, 'web');
  assert.equal(await second.quality(), '63');
  // The window may be gone before the key is let go.
  await second.press(Key.ctrl, 'q').catch(() => {});
  await second.isOver();
});
