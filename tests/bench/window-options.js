// The command line of the window's benchmark.

import { parseArgs } from 'node:util';

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
  const stranger = positionals.find((step) => !STEPS.includes(step));
  if (stranger !== undefined)
    throw new Error(`there is no step "${stranger}": ${STEPS.join(', ')}`);
  return {
    steps: positionals.length > 0 ? STEPS.filter((step) => positionals.includes(step)) : STEPS,
    rounds: count('rounds', values.rounds),
    assets: count('assets', values.assets),
    json: values.json,
    build: !values['no-build'],
    help: values.help,
  };
}

function count(option, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new Error(`--${option} takes a whole number of at least 1, not "${text}"`);
  }
  return number;
}
