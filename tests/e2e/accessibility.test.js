// axe-core on every screen, light and dark: no serious or critical finding; and no target of the
// pointer that is smaller than 24 x 24 CSS pixels.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Key } from './page.js';
import { start } from './start.js';
import { pause } from './studio.js';
import { smallTargets } from './targets.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds in the page as it is now, as sentences. */
async function findings({ evaluate, browser }, screen) {
  if (!(await evaluate(() => 'axe' in window))) await browser.execute(axe);
  // Colours that still fade would be measured half way.
  await browser.execute(() => {
    const ends = document.getAnimations().map((one) => one.finished.catch(() => {}));
    const enough = new Promise((done) => setTimeout(done, 500));
    return Promise.race([Promise.all(ends), enough]).then(() => true);
  });
  const found = await browser.execute(() =>
    window.axe
      .run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: false } } })
      .then(({ violations }) =>
        violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .flatMap(({ id, impact, nodes }) =>
            nodes
              .slice(0, 3)
              .map(
                ({ target, failureSummary, html }) =>
                  `${impact} ${id}: ${target.join(' ')}\n  ${html.slice(0, 160)}\n  ${failureSummary.split('\n').slice(0, 2).join(' ').trim()}`,
              ),
          ),
      ),
  );
  return found.map((one) => `${screen}: ${one}`);
}

for (const theme of ['Theme: Light', 'Theme: Dark']) {
  test(`every screen in ${theme.toLowerCase()}`, async (t) => {
    const hands = await start(t);
    const { click, untilPage, act, press, find, evaluate } = hands;
    const { chooseGenerator, tile, currentVariant } = hands;
    const found = [];
    const look = async (screen) => {
      found.push(...(await findings(hands, screen)));
      found.push(...(await smallTargets(hands, screen)));
    };
    const close = async () => {
      await press(Key.escape);
      await untilPage(() => !document.querySelector('[role=dialog]'), 'the dialog closes');
    };

    await find('button', 'Open Sample Workspace');
    await act(theme);
    await pause(200);
    await look('welcome');
    await click('button', 'Open Sample Workspace');
    await untilPage(
      () => {
        const images = [...document.querySelectorAll('[role=gridcell] img')];
        return images.length > 10 && images.every((one) => one.naturalWidth > 0);
      },
      'thumbnails',
      { wait: 60_000 },
    );
    await (await tile('photos/autumn-lake.jpg')).click();
    await chooseGenerator('web.preset.toml', 'card');
    await look('grid and form');
    const folded = 'aside button[aria-expanded=false]:not([aria-haspopup])';
    await evaluate((css) => {
      for (const button of document.querySelectorAll(css)) button.click();
    }, folded);
    // What was opened has parts that can be opened in turn.
    await evaluate((css) => {
      for (const button of document.querySelectorAll(css)) button.click();
    }, folded);
    await untilPage((css) => !document.querySelector(css), 'all of the form is open', {
      words: [folded],
    });
    await look('open cards and sections');
    await click('button', 'Image', { within: 'aside' });
    await untilPage(() => document.querySelector('aside figure path'), 'the histogram');
    await look('image');
    await click('button', 'Text', { within: 'aside' });
    await look('text');
    await click('button', 'Form', { within: 'aside' });
    await click('button', 'Matrix');
    await untilPage(
      () => document.querySelector('[role=rowheader], [role=columnheader]'),
      'the matrix',
    );
    await look('matrix');
    await click('button', 'Sheet');
    await untilPage(
      () => document.querySelector('main [data-view] img, [data-view] li img'),
      'the sheet',
      { wait: 30_000 },
    );
    await look('sheet');
    await click('button', 'Compare');
    await currentVariant();
    await look('compare');
    await click('button', 'All formats');
    await untilPage(
      () => document.querySelectorAll('[data-pane] [data-bytes]').length > 2,
      'all formats',
      { wait: 60_000 },
    );
    await look('all formats');
    await click('button', 'Difference');
    await untilPage(() => document.querySelector('canvas[data-difference]'), 'the difference', {
      wait: 30_000,
    });
    await click('button', 'Loupe (hold L)');
    await untilPage(() => document.querySelector('[data-loupe]'), 'the loupe');
    await look('difference and loupe');
    await click('button', 'Loupe (hold L)');
    await click('button', 'Split');
    await click('button', 'Focal point');
    await look('focal point');
    await click('button', 'Focal point');
    await click('button', 'Crop');
    await look('crop');
    await click('button', 'Crop');

    await press(Key.ctrl, 'j');
    await untilPage(() => /No exports yet/.test(document.body.innerText), 'the activity');
    await look('activity');
    await press(Key.ctrl, 'e');
    await find('dialog', 'Export', { exact: false });
    await pause(300);
    await look('export');
    await close();
    await press(Key.ctrl, 'k');
    await untilPage(() => document.querySelector('[role=dialog] [role=option]'), 'the palette');
    await look('palette');
    await close();
    await press(Key.ctrl, ',');
    await find('heading', 'Settings', { within: '[role=dialog]' });
    await look('settings');
    await close();
    await press(Key.f1);
    await find('heading', 'Keyboard shortcuts', { within: '[role=dialog]' });
    await look('keys');
    await close();
    await act('New Preset File…');
    await find('heading', 'New preset file', { within: '[role=dialog]', exact: false });
    await look('new preset');
    await close();
    await act('About Cropmark');
    await find('heading', 'About Cropmark', { within: '[role=dialog]' });
    await look('about');
    await close();
    assert.equal(found.length, 0, `\n${found.join('\n')}`);
  });
}
