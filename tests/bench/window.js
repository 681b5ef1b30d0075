// npm run bench:window: how quick the real window is, on a screen of its own whose pixels are read.

import { existsSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { RELEASE } from './places.js';
import { prepare } from './prepare.js';
import { Screen } from './screen.js';
import { figuresText } from './window-figures.js';
import { first, recent, start } from './window-opening.js';
import { readWindowOptions, USAGE } from './window-options.js';
import { manyPictures } from './window-pictures.js';
import { scroll } from './window-scroll.js';
import { slider } from './window-slider.js';

process.env.CROPMARK_E2E_PROGRAMS ??= RELEASE;

async function main() {
  const options = readWindowOptions(process.argv.slice(2));
  if (options.help) return console.log(USAGE);
  prepare({ peers: options.build ? ['cropmark'] : [], scored: 0, build: options.build });
  const screen = await Screen.start([1600, 1000]);
  process.env.CROPMARK_E2E_DISPLAY = screen.name;
  const report = { assets: options.assets, rounds: options.rounds, load: [], rows: [] };
  try {
    const bench = { screen, options, folder: await manyPictures(options.assets) };
    if (!options.steps.includes('first') && !existsSync(join(bench.folder, '.cropmark'))) {
      options.steps.unshift('first');
    }
    for (const step of options.steps) {
      const before = loadavg()[0];
      const rows = await steps[step](bench);
      report.load.push({ step, before, after: loadavg()[0] });
      report.rows.push(...rows);
      const load = `load ${before.toFixed(1)} to ${loadavg()[0].toFixed(1)}`;
      console.log(
        `\n${titles[step]} (${options.assets} pictures, ${options.rounds} rounds, ${load})`,
      );
      console.log(figuresText(rows));
    }
  } finally {
    screen.stop();
  }
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(report, null, 2));
}

const titles = {
  first: 'A folder that was never opened',
  start: 'Program started on a known workspace',
  recent: 'A recent workspace chosen in the open window',
  scroll: 'Scrolling known pictures',
  slider: 'Quality slider on a photo of 24 megapixels',
};

const steps = { first, start, recent, scroll, slider };

await main().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
