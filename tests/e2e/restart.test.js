// What comes back after a restart, and that a second start shows the first window.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { workspace } from './folders.js';
import { studioOf } from './processes.js';
import { sessionBus, startAgain } from './secondStart.js';
import { start } from './start.js';
import { until } from './studio.js';
import { closeWindow } from './x11.js';

const preset = `version = 1

[generators.one]
operations = []

[generators.two]
operations = []
`;

const sizes = async ({ evaluate, sides }) => ({
  window: await evaluate(() => [innerWidth, innerHeight]),
  ...(await sides()),
});

test('window, view, panels and selection come back', async (t) => {
  const folder = workspace(t, {
    from: ['photos/autumn-lake.jpg', 'photos/arcade.jpg', 'photos/dusk-ridge.jpg'],
    files: { 'web.preset.toml': preset },
  });
  const first = await start(t, { words: [folder], size: [1100, 700] });
  const { browser, tile, chooseGenerator, click, find, untilPage, studio } = first;
  await (await tile('photos/dusk-ridge.jpg')).click();
  await chooseGenerator('web.preset.toml', 'two');
  const edge = await find('separator', 'Inspector width');
  await browser
    .action('pointer')
    .move({ origin: edge })
    .down()
    .move({ origin: 'pointer', x: -30, y: 0 })
    .pause(50)
    .move({ origin: 'pointer', x: -30, y: 0 })
    .pause(50)
    .up()
    .perform();
  await click('button', 'Text', { within: 'aside' });
  await click('button', 'Sheet');
  await click('button', 'Activity', { exact: false, within: 'header' });
  await untilPage(() => /No exports yet/.test(document.body.innerText), 'the activity panel');
  const former = await sizes(first);
  assert.ok(former.inspector > 350, `the edge was dragged: ${former.inspector}`);
  const session = join(studio.home, 'data/cropmark/session.json');
  const kept = () => JSON.parse(readFileSync(session, 'utf8'));
  await until(
    () =>
      existsSync(session) && kept().view.activity && kept().panels.inspector === former.inspector,
    'the session is kept',
  );
  await closeWindow(studio.display, studioOf(studio.home).pid);
  await until(() => studioOf(studio.home) === null, 'the studio ends', 20_000);
  await first.end();

  const second = await start(t, { home: studio.home, size: null });
  await second.untilPage(
    () => /dusk-ridge/.test(document.querySelector('[data-view]')?.innerText ?? ''),
    'the sheet of the same asset',
    { wait: 30_000 },
  );
  assert.deepEqual(await sizes(second), former);
  await second.untilPage(() => document.querySelector('[data-text-view]'), 'the text is shown');
  await second.untilPage(
    () => /No exports yet/.test(document.body.innerText),
    'the activity panel',
  );
  await second.untilPage(
    () => document.querySelector('[data-generator=two][aria-selected=true]'),
    'the generator',
  );
  await second.click('button', 'Grid');
  await second.untilPage(
    () =>
      document.querySelector('[role=gridcell][aria-selected=true]')?.dataset.path ===
      'photos/dusk-ridge.jpg',
    'the selection',
  );
});

test('a second start opens its folder in the first window, and one that cannot be opened is told there', async (t) => {
  const address = await sessionBus(t);
  if (!address)
    return t.skip('dbus-daemon is not there, and without a session bus nobody can be told');
  const [one, two] = [
    workspace(t, { from: ['photos/arcade.jpg'] }),
    workspace(t, { from: ['photos/dusk-ridge.jpg'] }),
  ];
  const env = { DBUS_SESSION_BUS_ADDRESS: address };
  const { studio, tile, untilPage } = await start(t, { words: [one], env });
  await tile('photos/arcade.jpg');
  await startAgain(studio, env, two);
  await tile('photos/dusk-ridge.jpg');
  const missing = join(two, 'gone');
  await startAgain(studio, env, missing);
  await untilPage(
    (path) =>
      [...document.querySelectorAll('[aria-live] [role=alert]')].some((notice) =>
        notice.textContent.includes(`There is no folder ${path}.`),
      ),
    'why it was not opened',
    { words: [missing] },
  );
  await tile('photos/dusk-ridge.jpg');
});
