// A quality that is changed in the inspector is seen in the compare view at once: new bytes, a new
// picture, never an older one than was asked for last.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { Key } from './page.js';
import { start } from './start.js';

const preset = `version = 1

[generators.web]
operations = [{ op = "resize", fit = "inside", width = 900 }]
output = { format = "webp", quality = 50 }
`;
const SLIDER = '[data-field="output.quality"] input[type=range]';

async function open(t) {
  const folder = workspace(t, {
    from: ['photos/autumn-lake.jpg'],
    files: { 'web.preset.toml': preset },
  });
  const hands = await start(t, { words: [folder] });
  const first = await hands.compare('photos/autumn-lake.jpg', 'web.preset.toml', 'web');
  return { ...hands, first };
}

test('by keyboard and typed, with undo and redo', async (t) => {
  const { first, $, press, evaluate, fill, currentVariant } = await open(t);
  assert.match(first.words, /quality 50/);
  const slider = await $(SLIDER);
  await evaluate((element) => element.focus(), slider);
  await press(Key.right);
  const byKey = await changed(currentVariant, first, /quality 51/);

  const field = await fill('textbox', 'Quality', '90', { within: '[data-section=output]' });
  await press(Key.enter);
  const typed = await changed(currentVariant, byKey, /quality 90/);
  assert.ok(typed.bytes > byKey.bytes * 1.2, `${typed.bytes} after ${byKey.bytes}`);

  // Undo is for texts while one is typed into; from the form's slider it is the studio's.
  await evaluate((element) => element.blur(), field);
  await press(Key.ctrl, 'z');
  const undone = await changed(currentVariant, typed, /quality 51/);
  assert.deepEqual([undone.bytes, undone.key], [byKey.bytes, byKey.key]);
  await press(Key.ctrl, 'z');
  const start = await changed(currentVariant, undone, /quality 50/);
  assert.deepEqual([start.bytes, start.key], [first.bytes, first.key]);
  await press(Key.ctrl, Key.shift, 'z');
  const redone = await changed(currentVariant, start, /quality 51/);
  assert.deepEqual([redone.bytes, redone.key], [byKey.bytes, byKey.key]);
});

test('while the slider moves, no older picture follows a newer one', async (t) => {
  const { $, press, evaluate, untilPage } = await open(t);
  await evaluate(() => {
    window.seen = [];
    const look = () => {
      const image = document.querySelector('img[data-key]');
      const quality = /quality (\d+)/.exec(document.querySelector('[data-facts]')?.innerText ?? '');
      const now = { key: image?.dataset.key, quality: Number(quality?.[1]) };
      const last = window.seen.at(-1);
      if (last?.key !== now.key || last?.quality !== now.quality) window.seen.push(now);
    };
    new MutationObserver(look).observe(document.querySelector('[data-view]'), {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    look();
  });
  const slider = await $(SLIDER);
  await evaluate((element) => element.focus(), slider);
  for (let step = 0; step < 25; step += 1) await press(Key.right);
  await untilPage(
    () => {
      const facts = document.querySelector('[data-facts]');
      return facts.dataset.current === 'true' && /quality 75/.test(facts.innerText);
    },
    'quality 75 in sight',
    { wait: 30_000 },
  );
  const seen = await evaluate(() => window.seen);
  const qualities = seen.map(({ quality }) => quality);
  assert.deepEqual(
    qualities,
    [...qualities].sort((a, b) => a - b),
    'older after newer',
  );
  assert.equal(qualities.at(-1), 75);
  // The picture and its figures change together: no key has two qualities.
  const byKey = new Map();
  for (const { key, quality } of seen) {
    assert.equal(byKey.get(key) ?? quality, quality, JSON.stringify(seen));
    byKey.set(key, quality);
  }
});

/** The next current variant, with these words; it differs from the former one. */
async function changed(currentVariant, former, words) {
  for (;;) {
    const now = await currentVariant();
    if (now.key === former.key) continue;
    assert.match(now.words, words);
    return now;
  }
}
