// Exports as the user starts and follows them: the dialog, the run in the activity panel.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { samples } from './folders.js';
import { until } from './studio.js';

/** Fills the export dialog in and starts the export. */
export async function startExport({ studio, press, find, untilPage, click }, destination) {
  await press('\uE009', 'e');
  await find('dialog', 'Export', { exact: false });
  studio.answerDialogs(destination);
  await click('button', 'Choose…', { within: '[role=dialog]' });
  // All generators of the file whose active generator is chosen.
  await untilPage(
    () => {
      const file = document.querySelector('[role=dialog] fieldset:has(input:checked)');
      file?.querySelector('button[aria-label^="All of"]').click();
      return file !== null;
    },
    'a generator is chosen',
    { wait: 30_000 },
  );
  await untilPage(
    () => {
      const start = [...document.querySelectorAll('[role=dialog] button')].find(
        (button) => button.textContent.trim() === 'Export',
      );
      return start && !start.disabled;
    },
    'the export can be started',
    { wait: 30_000 },
  );
  const names = await untilPage(() => {
    const lines = [...document.querySelectorAll('[role=dialog] section li[aria-setsize]')];
    return (
      lines.length > 0 && {
        all: Number(lines[0].ariaSetSize ?? lines[0].getAttribute('aria-setsize')),
        first: lines.map((line) => line.textContent),
      }
    );
  }, 'the names that will be written');
  await click('button', 'Export', { within: '[role=dialog]' });
  await untilPage(() => !document.querySelector('[role=dialog]'), 'the dialog closes', {
    wait: 30_000,
  });
  return names;
}

/** The newest run as the panel shows it: its state, how many are done, of how many, its words. */
export const run = ({ evaluate }) =>
  evaluate(() => {
    const line = document.querySelector('ul[aria-label="Exports"] > li[data-state]');
    const bar = line?.querySelector('[role=progressbar]');
    if (!bar) return null;
    return {
      state: line.dataset.state,
      done: Number(bar.getAttribute('aria-valuenow') ?? -1),
      all: Number(bar.getAttribute('aria-valuemax') ?? -1),
      words: line.innerText,
    };
  });

/** Waits until the newest run has so many done, while it still runs. */
export const inTheMiddle = (hands, least = 2, wait = 60_000) =>
  until(
    async () => {
      const now = await run(hands);
      if (now?.state === 'done') throw new Error(`the run ended too early: ${now.words}`);
      return now && now.done >= least && now;
    },
    `${least} files of the run`,
    wait,
  );

/** Waits until the newest run is done. */
export const ended = (hands, wait = 120_000) =>
  until(
    async () => {
      const now = await run(hands);
      return now?.state === 'done' && now;
    },
    'the run ends',
    wait,
  );

/** The rows of the newest run's report that are in sight, and how many there are. */
export async function report({ click, untilPage, evaluate }) {
  await click('button', 'Report');
  await untilPage(() => document.querySelector('[role=table] [role=row][data-status]'), 'rows');
  return evaluate(() => ({
    all: Number(document.querySelector('[role=table]').getAttribute('aria-rowcount')) - 1,
    rows: [...document.querySelectorAll('[role=table] [role=row][data-status]')].map((row) => ({
      status: row.dataset.status,
      words: [...row.querySelectorAll('[role=cell]')].map((cell) => cell.textContent),
    })),
  }));
}

const sources = ['autumn-lake.jpg', 'dusk-ridge.jpg', 'rain-window.jpg', 'arcade.jpg'];

/** Copies photos of the samples under several names below a folder. */
export function photos(folder, times) {
  mkdirSync(join(folder, 'photos'), { recursive: true });
  const names = [];
  for (let time = 1; time <= times; time += 1) {
    for (const source of sources) {
      const name = source.replace('.jpg', `-${time}.jpg`);
      cpSync(join(samples, 'photos', source), join(folder, 'photos', name));
      names.push(name);
    }
  }
  return names;
}
