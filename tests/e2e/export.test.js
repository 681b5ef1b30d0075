// An export of more than a hundred variants, from the dialog to the files on disk.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ended, photos, report, startExport } from './exporting.js';
import { filesBelow, temporaryFolder, workspace } from './folders.js';
import { start } from './start.js';

// Enough work that it is told on the way how far it is.
const widths = Array.from({ length: 30 }, (_, index) => 100 + index * 30);
const preset = `version = 1

[generators.ladder]
widths = [${widths.join(', ')}]
operations = [{ op = "resize", fit = "inside", width = 400 }]
output = { format = "webp", quality = 60 }
`;

test('every file is there under its name, progress is told, the report has a row for each', async (t) => {
  const folder = workspace(t, { files: { 'web.preset.toml': preset } });
  const names = photos(folder, 1);
  const before = filesBelow(folder).map((path) => [
    path,
    readFileSync(join(folder, path), 'base64'),
  ]);
  const destination = join(temporaryFolder(t), 'renditions');
  const hands = await start(t, { words: [folder] });
  await hands.tile('photos/autumn-lake-1.jpg');

  await hands.evaluate(() => {
    window.told = new Set();
    new MutationObserver(() => {
      const bar = document.querySelector('[role=progressbar][aria-valuenow]');
      if (bar) window.told.add(Number(bar.getAttribute('aria-valuenow')));
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  const planned = await startExport(hands, destination);
  assert.equal(planned.all, 120);
  assert.equal(planned.first[0], 'ladder/photos/arcade-1-100.webp');
  const { words, all, done } = await ended(hands);
  assert.deepEqual([done, all], [120, 120]);
  assert.ok(!/failed/.test(words), words);
  const told = await hands.evaluate(() => [...window.told]);
  assert.ok(
    told.some((done) => done > 0 && done < 120),
    `progress was told: ${told}`,
  );
  assert.deepEqual(
    told,
    [...told].sort((a, b) => a - b),
  );

  const expected = names
    .flatMap((name) =>
      widths.map((width) => `ladder/photos/${name.replace('.jpg', '')}-${width}.webp`),
    )
    .sort();
  assert.deepEqual(filesBelow(destination), expected);
  const small = readFileSync(join(destination, expected[0]));
  assert.equal(small.subarray(8, 12).toString(), 'WEBP');

  const { all: rows, rows: first } = await report(hands);
  assert.equal(rows, 120);
  // The one that the inspector shows was rendered before.
  assert.ok(
    first.every(({ status }) => /^(rendered|cached)$/.test(status)),
    JSON.stringify(first),
  );
  const after = filesBelow(folder).map((path) => [
    path,
    readFileSync(join(folder, path), 'base64'),
  ]);
  assert.deepEqual(after, before, 'the workspace is as it was');
});
