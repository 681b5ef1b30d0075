// node tests/bench/syscalls.js [D] [E]: the system calls that Cropmark makes for a variant, counted
// by strace in all its processes. Counting slows the run down: its time says nothing.

import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chosen } from './command-line.js';
import { gatherPictures } from './corpus.js';
import { JOBS } from './jobs.js';
import { PEERS } from './peers.js';
import { RELEASE, SCRATCH } from './places.js';
import { prepare } from './prepare.js';
import { judgeCalls, parseCounts } from './syscall-counts.js';

const USAGE = `node tests/bench/syscalls.js [D] [E] [options]
  --no-build     takes the binaries in target/release as they are
  --programs DIR takes the binaries there as they are
  --json FILE    writes every count there too`;

/** Printed: the most frequent calls. */
const SHOWN = 16;

async function main() {
  const options = {
    'no-build': { type: 'boolean', default: false },
    programs: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) return console.log(USAGE);
  const words = positionals.map((word) => word.toUpperCase());
  const jobs = chosen(words, Object.keys(JOBS).filter((name) => JOBS[name].pictures));
  if (spawnSync('strace', ['--version']).error) throw new Error('This needs strace: install it.');
  const build = !values['no-build'] && values.programs === undefined;
  prepare({ peers: ['cropmark'], scored: 0, build });
  const report = {};
  for (const name of jobs) report[name] = await traced(name, values.programs ?? RELEASE);
  if (values.json !== undefined) await writeFile(values.json, JSON.stringify(report, null, 2));
}

async function traced(name, programs) {
  const job = JOBS[name];
  const { folder, sources } = await gatherPictures(job.pictures);
  const work = join(SCRATCH, 'work/syscalls');
  const out = join(work, 'out');
  await rm(work, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const { files, environment, lanes } = PEERS.cropmark.plan({ job, folder, out, programs, work });
  for (const [file, text] of Object.entries(files)) await writeFile(join(work, file), text);
  const counts = join(work, 'counts.txt');
  const words = ['-f', '-c', '-U', 'name,calls', '-S', 'calls', '-o', counts, ...lanes[0][0]];
  const { status, stderr } = spawnSync('strace', words, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the run failed (exit status ${status}):\n${stderr.slice(-2000)}`);

  const calls = parseCounts(await readFile(counts, 'utf8'));
  const variants = sources.length * job.variants.length;
  console.log(`\nJob ${name}: ${job.title}; calls a variant`);
  for (const [call, count] of [...calls].slice(0, SHOWN)) {
    console.log(`${(count / variants).toFixed(2).padStart(10)}  ${call}`);
  }
  for (const { met, text } of judgeCalls(calls, variants)) {
    console.log(`${met ? 'met   ' : 'MISSED'}  ${text}`);
  }
  return { variants, calls: Object.fromEntries(calls) };
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
