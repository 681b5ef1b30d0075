// The command line of the window's benchmark.

import { parseArgs } from 'node:util';
import { chosen, count } from './command-line.js';

export const STEPS = ['first', 'start', 'recent', 'scroll', 'slider'];

export const USAGE = `npm run bench:window -- [options] [${STEPS.join('|')} ...]
  --rounds N     how often each is measured (5)
  --assets N     pictures in the workspace (10000)
  --json FILE    writes every figure there too
  --no-build     takes the programs in target/release as they are
Without a step, all of them.`;

/** @returns the options, or throws an Error that says what is wrong with which one. */
export function readWindowOptions(words) {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      assets: { type: 'string', default: '10000' },
      json: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const wanted = chosen(positionals, STEPS);
  return {
    steps: STEPS.filter((step) => wanted.includes(step)),
    rounds: count('rounds', values.rounds),
    assets: count('assets', values.assets),
    json: values.json,
    build: !values['no-build'],
    help: values.help,
  };
}
