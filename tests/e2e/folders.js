// Folders for the tests: workspaces made of the samples, and what an export left on disk.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterwards } from './afterwards.js';

/** The project's samples; they are only read. */
export const samples = fileURLToPath(new URL('../../assets/samples', import.meta.url));

/** A new folder, gone after the test. */
export function temporaryFolder(test) {
  const folder = mkdtempSync(join(process.env.CROPMARK_E2E_TMP ?? tmpdir(), 'cropmark-folder-'));
  afterwards(test, () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A folder with copies of samples, and files with these texts. */
export function workspace(test, { from = [], files = {} } = {}) {
  const folder = join(temporaryFolder(test), 'pictures');
  mkdirSync(folder);
  for (const path of from) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(samples, path), join(folder, path), { recursive: true });
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/**
 * Makes a folder read-only until the test is over, and returns whether that is possible: root may write to
 * any folder, but for one that is marked as immutable.
 */
export function makeReadOnly(test, folder) {
  const isRoot = process.getuid() === 0;
  const mark = (sign) => spawnSync('chattr', [`${sign}i`, folder]).status === 0;
  if (isRoot && !mark('+')) return false;
  if (!isRoot) chmodSync(folder, 0o555);
  afterwards(test, () => (isRoot ? mark('-') : chmodSync(folder, 0o755)));
  return true;
}

/** All files below a folder, with forward slashes, sorted; hidden ones are left out. */
export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
}
