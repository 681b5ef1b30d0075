// The command line of the engine's benchmark.

import { parseArgs } from 'node:util';
import { chosen, count } from './command-line.js';

const STEPS = ['latency', 'soak', 'workers', 'memory'];

export const USAGE = `node tests/bench/engine.js [options] [${STEPS.join('|')} ...]
  --rounds N     rounds of latency and workers (3)
  --jobs N       jobs of the soak (2000)
  --sources N    how many photographs (40)
  --no-build     takes the binaries in target/release as they are
Without a step, all of them. CROPMARK_CORPUS=FOLDER takes the JPEGs of 12 to 24 megapixels in it in
place of generated ones.`;

/** @returns the options, or throws an Error that says what is wrong with which one. */
export function readEngineOptions(words) {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      jobs: { type: 'string', default: '2000' },
      sources: { type: 'string', default: '40' },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    steps: chosen(positionals, STEPS),
    rounds: count('rounds', values.rounds),
    jobs: count('jobs', values.jobs),
    sources: count('sources', values.sources),
    build: !values['no-build'],
    help: values.help,
  };
}
