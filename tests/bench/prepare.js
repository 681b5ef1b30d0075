// Builds Cropmark for release, and installs what is missing of the programs it is compared with.

import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, ROOT, SCRATCH, VIPSTHUMBNAIL } from './places.js';

const LIBVIPS_TOOLS = { file: VIPSTHUMBNAIL, name: 'libvips-tools' };
const DEBIAN_PACKAGES = {
  vipsthumbnail: LIBVIPS_TOOLS,
  'vipsthumbnail-each': LIBVIPS_TOOLS,
  imagemagick: { file: '/usr/bin/convert', name: 'imagemagick' },
};

/** @throws Error that says what could not be had, and how to get it. */
export function prepare({ peers, scored, build }) {
  const missing = peers
    .map((peer) => DEBIAN_PACKAGES[peer])
    .filter((need) => need !== undefined && !existsSync(need.file))
    .map((need) => need.name);
  if (missing.length > 0) command('bash', ['.ci/packages', ...new Set(missing)]);

  const installed = join(BENCH, 'node_modules/.package-lock.json');
  if (!isNewer(installed, join(BENCH, 'package-lock.json'))) {
    command('npm', ['ci', '--include=optional', '--no-audit', '--no-fund'], BENCH);
  }
  if (peers.includes('cropmark') && build) {
    command('bash', ['.ci/setup']);
    command('npm', ['run', 'build', '--silent']);
  }
  if (scored > 0) {
    const words = ['build', '--release', '--locked', '--quiet'];
    command('cargo', [...words, '--target-dir', join(SCRATCH, 'score')], join(BENCH, 'score'));
  }
}

function isNewer(file, than) {
  return existsSync(file) && statSync(file).mtimeMs >= statSync(than).mtimeMs;
}

function command(program, words, folder = ROOT) {
  const { status, error } = spawnSync(program, words, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    const reason = error === undefined ? '' : `: ${error.message}`;
    throw new Error(`"${program} ${words.join(' ')}" failed in ${folder}${reason}`);
  }
}
