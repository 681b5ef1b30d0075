// The command line of the benchmark.

import { parseArgs } from 'node:util';
import { count } from './command-line.js';
import { JOBS } from './jobs.js';
import { PEERS } from './peers.js';
import { RELEASE } from './places.js';

export const USAGE = `npm run bench -- [options]
  --rounds N     how often each program does each job (3)
  --sources N    how many photographs in the jobs A to C (40)
  --jobs A,B,C   which jobs (all)
  --peers a,b    which programs: ${Object.keys(PEERS).join(', ')} (all)
  --scored N     on how many of the photographs pixels are compared (3; 0 leaves it out)
  --json FILE    writes every figure there too
  --no-build     takes the binaries in target/release as they are
  --programs DIR takes the binaries there as they are
CROPMARK_CORPUS=FOLDER takes the JPEGs of 12 to 24 megapixels in it in place of generated ones.`;

/** @returns the options, or throws an Error that says what is wrong with which one. */
export function readOptions(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      rounds: { type: 'string', default: '3' },
      sources: { type: 'string', default: '40' },
      jobs: { type: 'string', default: Object.keys(JOBS).join(',') },
      peers: { type: 'string', default: Object.keys(PEERS).join(',') },
      scored: { type: 'string', default: '3' },
      json: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
      programs: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    rounds: count('rounds', values.rounds),
    sources: count('sources', values.sources),
    jobs: names('jobs', values.jobs.toUpperCase(), JOBS),
    peers: names('peers', values.peers, PEERS),
    scored: count('scored', values.scored, 0),
    json: values.json,
    build: !values['no-build'] && values.programs === undefined,
    programs: values.programs ?? RELEASE,
    help: values.help,
  };
}

function names(option, text, known) {
  const chosen = text.split(',').filter(Boolean);
  const stranger = chosen.find((name) => !Object.hasOwn(known, name));
  if (stranger !== undefined || chosen.length === 0) {
    throw new Error(
      `--${option} takes some of ${Object.keys(known).join(', ')}, not "${stranger ?? text}"`,
    );
  }
  return Object.keys(known).filter((name) => chosen.includes(name));
}
