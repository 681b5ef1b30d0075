// A window that is closed, or a studio that is killed, in the middle of a batch: the batch is there
// again and goes on, and every file is there once.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ended, inTheMiddle, photos, startExport } from './exporting.js';
import { filesBelow, temporaryFolder, workspace } from './folders.js';
import { studioOf } from './processes.js';
import { start } from './start.js';
import { until } from './studio.js';
import { closeWindow } from './x11.js';

const widths = [500, 600, 700, 800, 900];
const preset = `version = 1

[generators.large]
widths = [${widths.join(', ')}]
operations = [{ op = "resize", fit = "inside", width = 900 }, { op = "sharpen", sigma = 2 }]
output = { format = "webp", effort = 6 }
`;

const ways = {
  closed: async ({ studio }) => {
    const { pid } = studioOf(studio.home);
    await closeWindow(studio.display, pid);
    await until(() => studioOf(studio.home) === null, 'the studio ends in order', 20_000);
  },
  killed: async ({ studio }) => {
    process.kill(studioOf(studio.home).pid, 'SIGKILL');
    await until(() => studioOf(studio.home) === null, 'the studio is gone');
  },
};

const sessionOf = ({ studio }) =>
  JSON.parse(readFileSync(join(studio.home, 'data/cropmark/session.json'), 'utf8'));

for (const [name, leave] of Object.entries(ways)) {
  test(`${name} in the middle of a batch`, async (t) => {
    const folder = workspace(t, { files: { 'web.preset.toml': preset } });
    const names = photos(folder, 3);
    const destination = join(temporaryFolder(t), 'renditions');
    const first = await start(t, { words: [folder] });
    await first.tile('photos/autumn-lake-1.jpg');
    await startExport(first, destination);
    await inTheMiddle(first, 3);
    // The runs that were in sight are so again.
    await until(() => sessionOf(first).view?.activity, 'the session is kept');
    await leave(first);
    await first.end();
    const before = filesBelow(destination);
    const total = names.length * widths.length;
    assert.ok(before.length > 0 && before.length < total, `${before.length} of ${total}`);
    const written = new Map(
      before.map((path) => [path, statSync(join(destination, path)).mtimeMs]),
    );

    const second = await start(t, { home: first.studio.home });
    const { done, all, words } = await ended(second);
    assert.deepEqual([done, all], [total, total]);
    assert.ok(!/failed/.test(words), words);
    const after = filesBelow(destination);
    const expected = names
      .flatMap((one) =>
        widths.map((width) => `large/photos/${one.replace('.jpg', '')}-${width}.webp`),
      )
      .sort();
    assert.deepEqual(after, expected);
    // What was there was not written a second time, but for the few that were under way.
    const again = [...written].filter(
      ([path, at]) => statSync(join(destination, path)).mtimeMs !== at,
    );
    assert.ok(again.length <= 4, `written twice: ${again}`);
  });
}
