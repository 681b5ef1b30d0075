// node tests/bench/engine.js: how the engine behaves under load. The measuring is done by
// src-tauri/crates/engine/examples/load; this builds it and gives it pictures.

import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gatherSources } from './corpus.js';
import { readEngineOptions, USAGE } from './engine-options.js';
import { RELEASE, ROOT, SCRATCH } from './places.js';
import { prepare } from './prepare.js';

/** Photographs among the pictures of all kinds. */
const PHOTOGRAPHS = 8;

async function main() {
  const options = readEngineOptions(process.argv.slice(2));
  if (options.help) return console.log(USAGE);
  prepare({ peers: [], scored: 0, build: false });
  if (options.build) {
    run('bash', ['.ci/setup']);
    run('cargo', ['build', '--release', '--locked', '--quiet', '-p', 'cropmark-worker']);
    const example = ['-p', 'cropmark-engine', '--example', 'load'];
    run('cargo', ['build', '--release', '--locked', '--quiet', ...example]);
  }
  const { folder, sources } = await gatherSources(options.sources);
  const mixed = await mix(sources);
  for (const step of options.steps) {
    console.log(`\n${step}`);
    const pictures = step === 'soak' || step === 'memory' ? mixed : folder;
    const number = step === 'soak' ? options.jobs : options.rounds;
    const words = step === 'memory' ? [] : [String(number)];
    run(join(RELEASE, 'examples/load'), [step, pictures, ...words]);
  }
}

/** A folder of pictures of all kinds: some photographs and the samples, animations among them. */
async function mix(sources) {
  const folder = join(SCRATCH, 'engine-mixed');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const samples = join(ROOT, 'assets/samples');
  const entries = await readdir(samples, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !/\.(toml|md)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const photographs = sources.slice(0, PHOTOGRAPHS).map(({ path }) => path);
  for (const file of [...photographs, ...files]) await copyFile(file, join(folder, basename(file)));
  return folder;
}

function run(program, words) {
  const { status, error } = spawnSync(program, words, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      CROPMARK_WORKER: join(RELEASE, 'cropmark-worker'),
      CROPMARK_FONTS: join(ROOT, 'assets/fonts'),
      ...process.env,
    },
  });
  if (status !== 0) {
    throw new Error(`"${program} ${words.join(' ')}" failed${error ? `: ${error.message}` : ''}`);
  }
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
