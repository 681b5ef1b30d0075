// A worker that is killed in the middle of an export costs nothing but time; a source that cannot
// be decoded is a row with its reason, and can be tried again.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ended, inTheMiddle, photos, report, startExport } from './exporting.js';
import { filesBelow, samples, temporaryFolder, workspace } from './folders.js';
import { workersOf } from './processes.js';
import { start } from './start.js';
import { until } from './studio.js';

const preset = `version = 1

[generators.large]
widths = [700, 800, 900, 1000, 1100, 1200]
operations = [{ op = "resize", fit = "inside", width = 1200 }, { op = "sharpen", sigma = 2 }]
output = { format = "webp", effort = 6 }
`;

test('killed in the middle: every file is there, none failed', async (t) => {
  const folder = workspace(t, { files: { 'web.preset.toml': preset } });
  const names = photos(folder, 2);
  const destination = join(temporaryFolder(t), 'renditions');
  const hands = await start(t, { words: [folder] });
  await hands.tile('photos/autumn-lake-1.jpg');
  await startExport(hands, destination);
  await inTheMiddle(hands);
  const busy = await until(
    () =>
      hands.evaluate(() => {
        const at = document.querySelector('[data-state=eager][title]');
        return at && Number(/process (\d+)/.exec(at.title)?.[1]);
      }),
    'a worker renders',
  );
  assert.ok(
    workersOf(hands.studio.home).some(({ pid }) => pid === busy),
    `${busy} is a worker of ours`,
  );
  process.kill(busy, 'SIGKILL');
  const { words, done, all } = await ended(hands);
  assert.equal(done, all);
  assert.ok(!/failed/.test(words), words);
  assert.equal(filesBelow(destination).length, names.length * 6);
  await hands.untilPage(
    () => /1 worker crashed/.test(document.body.innerText),
    'the death is told',
  );
  assert.ok(workersOf(hands.studio.home).length > 0, 'there are workers again');
});

test('a source that always fails is a row with its reason', async (t) => {
  const whole = readFileSync(join(samples, 'photos/autumn-lake.jpg'));
  const folder = workspace(t, {
    from: ['photos/arcade.jpg'],
    files: {
      'web.preset.toml': preset.replace('[700, 800, 900, 1000, 1100, 1200]', '[100]'),
      'photos/half.jpg': whole.subarray(0, Math.round(whole.length * 0.4)),
    },
  });
  const destination = join(temporaryFolder(t), 'renditions');
  const hands = await start(t, { words: [folder] });
  await hands.tile('photos/arcade.jpg');
  await startExport(hands, destination);
  const { words } = await ended(hands);
  assert.match(words, /1 failed/);
  assert.deepEqual(filesBelow(destination), ['large/photos/arcade-100.webp']);
  const { rows } = await report(hands);
  assert.equal(rows.length, 1, 'only failed ones are shown first');
  assert.equal(rows[0].status, 'failed');
  assert.equal(rows[0].words[1], 'photos/half.jpg');
  assert.match(rows[0].words[4], /ends too early/);

  writeFileSync(join(folder, 'photos/half.jpg'), whole);
  const again = () => hands.click('button', 'Retry photos/half.jpg', { within: '[role=table]' });
  await again();
  // A source that was changed since the run was planned is not taken without a word.
  await hands.untilPage(
    () => /not what it was/.test(document.querySelector('[role=table]')?.innerText ?? ''),
    'the row says that the file is another one',
    { wait: 30_000 },
  );
  await again();
  const both = ['large/photos/arcade-100.webp', 'large/photos/half-100.webp'];
  await until(() => filesBelow(destination).length === 2, 'the file that failed is there', 30_000);
  assert.deepEqual(filesBelow(destination), both);
});
