// The window itself: where it begins, what a larger one does, edges by key, and a missing worker.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { Key } from './page.js';
import { studioOf } from './processes.js';
import { start } from './start.js';
import { until } from './studio.js';
import { titleOf } from './x11.js';

/** Takes only photographs; what comes before them in the order of paths is a logo. */
const preset = `version = 1

[generators.small]
match = { path = ["photos/**"] }
operations = [{ op = "resize", fit = "inside", width = 200, height = 200 }]
output = { format = "jpeg" }
`;

const folder = (t) =>
  workspace(t, {
    from: ['brand/logo.png', 'photos/arcade.jpg', 'photos/autumn-lake.jpg'],
    files: { 'web.preset.toml': preset },
  });

test('the first asset in sight is one that the generator takes, and nothing is selected', async (t) => {
  const { untilPage, evaluate, click, currentVariant } = await start(t, { words: [folder(t)] });
  await untilPage(
    () =>
      document.querySelector('[role=gridcell][data-focused]')?.dataset.path === 'photos/arcade.jpg',
    'the first photograph has the focus',
    { wait: 30_000 },
  );
  assert.equal(
    await evaluate(() => document.querySelector('[role=gridcell][aria-selected=true]')),
    null,
  );
  await click('button', 'Compare');
  const variant = await currentVariant();
  assert.deepEqual([variant.width, variant.height], [200, 133]);
});

test('the title names the workspace that the program was started with', async (t) => {
  const { studio, untilPage } = await start(t, { words: [folder(t)] });
  await untilPage(() => document.querySelector('[role=gridcell]'), 'the grid', { wait: 30_000 });
  const { pid } = studioOf(studio.home);
  await until(
    async () => (await titleOf(studio.display, pid)) === 'pictures - Cropmark',
    'the title',
    5000,
  );
});

test('a larger window keeps the sides as wide, and opens nothing', async (t) => {
  const hands = await start(t, { words: [folder(t)], size: [900, 600] });
  const { browser, untilPage, evaluate } = hands;
  await untilPage(() => document.querySelector('[role=gridcell]'), 'the grid');
  const former = await hands.sides();
  await browser.setWindowSize(1600, 1100);
  await untilPage(() => innerWidth > 1500 && innerHeight > 900, 'the window is larger');
  await until(
    async () => {
      const now = await hands.sides();
      return now.sidebar === former.sidebar && now.inspector === former.inspector;
    },
    'the sides are as wide as before',
    10_000,
  );
  const pressed = () =>
    document.querySelector('header button[aria-label^="Activity"]').getAttribute('aria-pressed');
  assert.equal(await evaluate(pressed), 'false', 'the activity panel stays closed');
});

test('edges that are moved by key are where they were after a restart', async (t) => {
  const first = await start(t, { words: [folder(t)] });
  const { find, press, evaluate, studio } = first;
  const before = await first.sides();
  for (const [edge, key] of [
    ['Sidebar width', Key.right],
    ['Inspector width', Key.left],
  ]) {
    await evaluate((element) => element.focus(), await find('separator', edge));
    await press(key);
  }
  const moved = await until(async () => {
    const now = await first.sides();
    return now.sidebar > before.sidebar && now.inspector > before.inspector && now;
  }, 'both edges have moved');
  const session = join(studio.home, 'data/cropmark/session.json');
  await until(() => {
    const panels = existsSync(session) && JSON.parse(readFileSync(session, 'utf8')).panels;
    return panels?.sidebar === moved.sidebar && panels.inspector === moved.inspector;
  }, 'the session is kept');
  await first.end();

  const second = await start(t, { home: studio.home });
  await second.untilPage(() => document.querySelector('[role=gridcell]'), 'the grid', {
    wait: 30_000,
  });
  assert.deepEqual(await second.sides(), moved);
});

test('without a worker program the window says so, and offers only what works', async (t) => {
  const worker = '/nowhere/cropmark-worker';
  const { untilPage, press, evaluate, find } = await start(t, { env: { CROPMARK_WORKER: worker } });
  await untilPage(
    (path) => document.querySelector('main [role=alert]')?.textContent.includes(path),
    'the page that says where the worker was looked for',
    { words: [worker] },
  );
  await find('button', 'Copy Diagnostics');
  await press(Key.ctrl, 'k');
  await untilPage(() => document.querySelector('[role=dialog] [role=option]'), 'the palette');
  const offered = await evaluate(() =>
    [...document.querySelectorAll('[role=dialog] [role=option]')].map((one) => one.textContent),
  );
  assert.ok(
    offered.some((words) => words.startsWith('Settings')),
    offered.join(),
  );
  assert.ok(!offered.some((words) => /focal|thumbnails|preset/i.test(words)), offered.join());
});
