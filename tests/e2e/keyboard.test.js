// Without the mouse: from the welcome screen to an exported file, with the focus always in sight.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesBelow, temporaryFolder } from './folders.js';
import { Key } from './page.js';
import { start } from './start.js';
import { until } from './studio.js';

/** Runs in the page: what has the focus, and whether the user sees it. */
function focus() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const isSeen = (one, pseudo) => {
    const style = getComputedStyle(one, pseudo);
    return (
      (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) ||
      (style.boxShadow !== 'none' && style.boxShadow !== '')
    );
  };
  // A range in a slider's thumb and a tile of a grid show it on what stands for them.
  const active = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
  const near = [
    element,
    active,
    element.parentElement,
    element.nextElementSibling,
    element.shadowRoot?.activeElement,
  ];
  const box = element.getBoundingClientRect();
  return {
    name: (
      element.getAttribute('aria-label') ??
      element.labels?.[0]?.textContent ??
      element.textContent ??
      ''
    )
      .trim()
      .slice(0, 60),
    role: element.getAttribute('role') ?? element.tagName.toLowerCase(),
    seen: near.some(
      (one) => one && (isSeen(one) || isSeen(one, '::after') || isSeen(one, '::before')),
    ),
    inSight: box.width > 0 && box.height > 0,
  };
}

/** Presses Tab until what has the focus fits; every stop on the way must be seen. */
async function tabTo({ press, evaluate }, fits, what) {
  const stops = [];
  for (let step = 0; step < 90; step += 1) {
    await press(Key.tab);
    // At its end a dialog hands the focus to its beginning with the next frame.
    await evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    const at = await evaluate(focus);
    if (!at) continue;
    stops.push(`${at.role} "${at.name}"`);
    assert.ok(at.seen, `the focus is seen on ${stops.at(-1)}`);
    if (fits(at)) return at;
  }
  throw new Error(`Tab never reaches ${what}: ${stops.join(', ')}`);
}

test('from the welcome screen to an exported file', async (t) => {
  const hands = await start(t);
  const { press, evaluate, untilPage, find } = hands;
  await find('button', 'Open Sample Workspace');
  await tabTo(hands, ({ name }) => name === 'Open Sample Workspace', 'the samples');
  await press(Key.enter);
  await untilPage(() => document.querySelectorAll('[role=gridcell]').length > 10, 'tiles', {
    wait: 60_000,
  });

  await tabTo(hands, ({ role }) => role === 'grid', 'the grid');
  // The last ones are products, which the generators of the first preset file take.
  await press(Key.end);
  await press(Key.shift, Key.left);
  await untilPage(
    () => document.querySelectorAll('[role=gridcell][aria-selected=true]').length === 2,
    'two are selected',
  );
  assert.equal((await evaluate(focus)).seen, true);
  await press(Key.enter);
  await find('group', 'Split');
  await press('g');
  await untilPage(() => document.querySelector('[role=grid]'), 'the grid again');

  const destination = join(temporaryFolder(t), 'out');
  await press(Key.ctrl, 'e');
  await find('dialog', 'Export', { exact: false });
  // The active generator does not take them.
  await tabTo(hands, ({ name }) => name === 'All of campaign.preset.toml', 'the generators');
  await press(Key.enter);
  hands.studio.answerDialogs(destination);
  await tabTo(hands, ({ name, role }) => role === 'button' && name === 'Choose…', 'the folder');
  await press(Key.enter);
  await untilPage(
    (folder) => document.querySelector('[role=dialog] input[readonly]')?.value === folder,
    'the folder is chosen',
    { words: [destination] },
  );
  await tabTo(hands, ({ name, role }) => role === 'button' && name === 'Export', 'Export');
  await press(Key.enter);
  await untilPage(() => !document.querySelector('[role=dialog]'), 'the dialog closes');
  await until(
    () => {
      try {
        return filesBelow(destination).length > 0;
      } catch {
        return false;
      }
    },
    'a file is written',
    60_000,
  );
});

test('palette, list of keys, and letters that are inert while typing', async (t) => {
  const hands = await start(t, { words: ['--samples'] });
  const { press, untilPage, evaluate, act, $, find, fill } = hands;
  await untilPage(() => document.querySelector('[role=gridcell]'), 'tiles', { wait: 60_000 });
  const currentView = () =>
    evaluate(
      () =>
        document.querySelector('header [role=group] [aria-pressed=true]')?.ariaLabel ??
        document.querySelector('header [aria-pressed=true]')?.getAttribute('aria-label'),
    );

  await press(Key.ctrl, 'k');
  await $('[role=dialog] input');
  await press(Key.escape);
  await untilPage(() => !document.querySelector('[role=dialog]'), 'the palette closes');
  await act('Matrix');
  await until(async () => (await currentView()) === 'Matrix', 'the matrix');

  await press(Key.f1);
  await find('heading', 'Keyboard shortcuts', { within: '[role=dialog]' });
  await press('g');
  assert.equal(await currentView(), 'Matrix', 'keys are the dialog’s own');
  await press(Key.escape);
  await untilPage(() => !document.querySelector('[role=dialog]'), 'the list closes');

  const search = await fill('textbox', 'Search file names', 'gcs');
  assert.equal(await search.getValue(), 'gcs');
  assert.equal(await currentView(), 'Matrix', 'letters are for the text');
  await press(Key.escape);
  await press(Key.escape);
  await press('g');
  await until(async () => (await currentView()) === 'Grid', 'letters are actions again');
});
