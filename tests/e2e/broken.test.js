// What is broken is shown where it is, and the rest goes on working.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { start } from './start.js';

const preset = `version = 1

[generators.fine]
operations = [{ op = "resize", fit = "inside", width = 300 }]
output = { format = "webp", quality = 60 }

[generators.wrong]
operations = [{ op = "resize", fit = "inside", width = 300 }]
output = { format = "webp", qualty = 60 }

[generators.unmarked]
operations = [{ op = "overlay", image = "brand/missing.png" }]
output = { format = "jpeg" }
`;

test('problems have a line, a column and a link; the other generators work', async (t) => {
  const folder = workspace(t, {
    from: ['photos/autumn-lake.jpg'],
    files: { 'web.preset.toml': preset },
  });
  const { compare, chooseGenerator, evaluate, untilPage } = await start(t, { words: [folder] });
  const fine = await compare('photos/autumn-lake.jpg', 'web.preset.toml', 'fine');
  assert.equal(fine.width, 300);

  await chooseGenerator('web.preset.toml', 'wrong');
  const problems = await untilPage(() => {
    const list = document.querySelector('[aria-label="Preset problems"]');
    return (
      list && [...list.querySelectorAll('button')].map((one) => one.innerText.replace(/\s+/g, ' '))
    );
  }, 'problems');
  const key = problems.find((one) => one.includes('qualty'));
  assert.match(key, /quality.* Line 9, column 29\b/);
  assert.ok(
    problems.some((one) => one.includes('brand/missing.png') && /Line 1[23], column \d+/.test(one)),
    problems.join('\n'),
  );

  await evaluate(() => {
    [...document.querySelectorAll('[aria-label="Preset problems"] button')]
      .find((one) => one.innerText.includes('qualty'))
      .click();
  });
  const chosen = await untilPage(() => {
    const root = document.querySelector('[data-text-view]')?.shadowRoot;
    const text = root?.getSelection?.()?.toString() || getSelection().toString();
    const line = root?.querySelector('.cm-activeLine')?.textContent;
    return line && root.activeElement && { line, text };
  }, 'the place in the text');
  assert.match(chosen.line, /qualty = 60/);

  await chooseGenerator('web.preset.toml', 'fine');
  await untilPage(
    () => document.querySelector('img[data-key]')?.naturalWidth === 300,
    'fine still works',
  );
});

test('an unreadable image keeps its tile with the reason', async (t) => {
  const folder = workspace(t, {
    from: ['photos/autumn-lake.jpg'],
    files: {
      'photos/broken.jpg': 'this is no image at all',
      'web.preset.toml': preset,
      'photos/half.png': Buffer.from('89504e470d0a1a0a0000000d494844520000', 'hex'),
    },
  });
  const { untilPage, click, tile, press } = await start(t, { words: [folder] });
  const reasons = await untilPage(
    () => {
      const tiles = [...document.querySelectorAll('[role=gridcell]')];
      const broken = tiles.filter((one) => /broken\.jpg|half\.png/.test(one.title));
      const texts = broken.map((one) => one.title.split('\n')[1]);
      return broken.length === 2 && texts.every(Boolean) && texts;
    },
    'both tiles with reasons',
    { wait: 30_000 },
  );
  for (const reason of reasons) assert.match(reason, /\w+ \w+ .*\w/);
  await untilPage(
    () =>
      document.querySelector('[role=gridcell][data-path^="photos/autumn-lake"] img')?.naturalWidth >
      0,
    'the others are fine',
  );
  await (await tile('photos/broken.jpg')).click();
  await press('c');
  await untilPage(
    () => /broken\.jpg cannot be read/.test(document.querySelector('[data-view]').innerText),
    'compare says why',
  );
  await click('button', 'Grid');
});
