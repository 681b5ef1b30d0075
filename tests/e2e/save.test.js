// Presets are saved with their comments, form and text follow each other, and a colleague's change
// on disk is loaded or, where both changed, shown.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { Key } from './page.js';
import { start } from './start.js';
import { until } from './studio.js';

const preset = `# The team's rules. Ask Ada before changing them.
version = 1

[generators.web]      # for articles
output = { quality = 50, format = "webp" } # quality first, on purpose
operations = [
  # columns are 900 wide
  { op = "resize", width = 900, fit = "inside" },
]
house_style = "serif"   # a key of our own

[generators.other]
operations = []
`;
const FILE = 'web.preset.toml';

async function open(t) {
  const folder = workspace(t, { from: ['photos/autumn-lake.jpg'], files: { [FILE]: preset } });
  const hands = await start(t, { words: [folder] });
  await (await hands.tile('photos/autumn-lake.jpg')).click();
  await hands.chooseGenerator(FILE, 'web');
  const path = join(folder, FILE);
  const { fill, press, untilPage, click } = hands;
  return {
    ...hands,
    path,
    onDisk: () => readFileSync(path, 'utf8'),
    setQuality: async (quality) => {
      await fill('textbox', 'Quality', String(quality), { within: '[data-section=output]' });
      await press(Key.enter);
      await untilPage(
        () => document.querySelector('aside [aria-label="Unsaved changes"]'),
        'the mark',
      );
      // The form shows a change before the program has it; the toolbar's mark is the program's.
      await untilPage(
        () => document.querySelector('header button[aria-label^="Save unsaved changes in"]'),
        'the mark in the toolbar',
      );
    },
    showText: async () => {
      await click('button', 'Text', { within: 'aside' });
      await untilPage(
        () => document.querySelector('[data-text-view]')?.shadowRoot?.querySelector('.cm-content'),
        'text',
      );
    },
  };
}

/** Runs in the page: the lines of the text view that are in sight. */
const shownText = () =>
  [...document.querySelector('[data-text-view]').shadowRoot.querySelectorAll('.cm-line')]
    .map((line) => line.textContent)
    .join('\n');

test('a value changed by the form is all that changes in the file', async (t) => {
  const { setQuality, press, onDisk, untilPage } = await open(t);
  await setQuality(65);
  assert.equal(onDisk(), preset, 'nothing is written before it is saved');
  await press(Key.ctrl, 's');
  await until(() => onDisk() !== preset, 'the file is written');
  assert.equal(onDisk(), preset.replace('quality = 50', 'quality = 65'));
  await untilPage(() => !document.querySelector('aside [aria-label="Unsaved changes"]'), 'saved');
});

test('text and form follow each other', async (t) => {
  const { setQuality, showText, untilPage, evaluate, click, press, browser } = await open(t);
  await setQuality(66);
  await showText();
  await until(async () => (await evaluate(shownText)).includes('quality = 66'), 'the text has it');
  assert.ok((await evaluate(shownText)).includes('# columns are 900 wide'));

  const place = await evaluate(() => {
    const root = document.querySelector('[data-text-view]').shadowRoot;
    const line = [...root.querySelectorAll('.cm-line')].find((one) =>
      one.textContent.includes('"resize"'),
    );
    const { right, top, height } = line.getBoundingClientRect();
    return [Math.round(right - 4), Math.round(top + height / 2)];
  });
  await browser.action('pointer').move({ x: place[0], y: place[1] }).down().up().perform();
  await press(Key.end);
  await press(Key.enter);
  for (const letter of '{ op = "blur", sigma = 2 },') {
    // Brackets and quotes are closed by the editor, and typed over.
    await press(letter);
  }
  await click('button', 'Form', { within: 'aside' });
  await untilPage(
    () => /Blur/.test(document.querySelector('[data-section=chain]')?.innerText ?? ''),
    'the form has the new operation',
  );
});

test("a colleague's change on disk is loaded", async (t) => {
  const { path, untilPage } = await open(t);
  writeFileSync(path, preset.replace('quality = 50', 'quality = 33'));
  await untilPage(
    () => document.querySelector('[data-field="output.quality"] input[type=range]')?.value === '33',
    'the form has the value from disk',
    { wait: 20_000 },
  );
});

test('where both changed, the difference is shown and the user chooses', async (t) => {
  const { path, setQuality, click, untilPage, evaluate, press, onDisk, $ } = await open(t);
  await setQuality(70);
  const theirs = preset.replace('quality = 50', 'quality = 20').replace('900 wide', '800 wide');
  writeFileSync(path, theirs);
  await click('button', 'Resolve…', { within: 'aside', wait: 20_000 });
  await $('[role=dialog]');
  const sides = await until(async () => {
    const texts = await evaluate(() => {
      const host = [...document.querySelectorAll('[role=dialog] *')].find((one) => one.shadowRoot);
      return [...(host?.shadowRoot.querySelectorAll('.cm-content') ?? [])].map(
        (one) => one.textContent,
      );
    });
    return texts.length === 2 && texts;
  }, 'both texts');
  assert.ok(
    sides[0].includes('quality = 20') && sides[1].includes('quality = 70'),
    sides.join('\n'),
  );
  await click('button', 'Keep unsaved changes', { within: '[role=dialog]' });
  await untilPage(() => !document.querySelector('[role=dialog]'), 'the dialog closes');
  assert.equal(onDisk(), theirs, 'a choice is not yet a save');
  await press(Key.ctrl, 's');
  await until(() => onDisk() === preset.replace('quality = 50', 'quality = 70'), 'mine is on disk');
});
