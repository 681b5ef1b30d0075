// The work that is shared, and what came of it.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The program under test. */
export const cropmark = join(
  process.env.CARGO_TARGET_DIR ?? join(root, 'target'),
  'debug/cropmark',
);

const PRESET = `version = 1

[generators.small]
widths = [200, 400]
operations = [ { op = "resize", fit = "inside", width = 400 } ]
output = { format = ["webp", "jpeg"] }
`;

/** Runs a program; fails where it does, with what it said. */
export async function run(program, words, options = {}) {
  try {
    return await promisify(execFile)(program, words, { maxBuffer: 1 << 26, ...options });
  } catch (error) {
    throw new Error(`${program} ${words.join(' ')}: ${error.stderr || error}`, { cause: error });
  }
}

/** Makes a folder as each computer has it: the samples' photographs, twice under other names. */
export function photos(folder) {
  const samples = join(root, 'assets/samples/photos');
  mkdirSync(join(folder, 'photos/more'), { recursive: true });
  for (const name of readdirSync(samples)) {
    copyFileSync(join(samples, name), join(folder, 'photos', name));
    // Another content: a shard takes a picture by its content.
    const bytes = Buffer.concat([readFileSync(join(samples, name)), Buffer.from('\n')]);
    writeFileSync(join(folder, 'photos/more', name), bytes);
  }
  writeFileSync(join(folder, 'p.preset.toml'), PRESET);
}

/** The files below a folder with their hashes. */
export function tree(folder) {
  const files = {};
  const walk = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const file = join(path, entry.name);
      if (entry.isDirectory()) walk(file);
      else {
        const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
        files[relative(folder, file)] = hash;
      }
    }
  };
  walk(folder);
  return files;
}

/** The lines that a run with --json has written to a file, the sums aside. */
export const rows = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"source"'))
    .map((line) => JSON.parse(line));
