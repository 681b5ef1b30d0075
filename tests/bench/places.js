// Where things are. All that the benchmark makes is below target/bench.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BENCH = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(BENCH, '../..');
export const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
export const RELEASE = join(TARGET, 'release');
/** Debian's program, unless a different one is named. */
export const VIPSTHUMBNAIL = process.env.CROPMARK_VIPSTHUMBNAIL ?? '/usr/bin/vipsthumbnail';
export const SCRATCH = join(TARGET, 'bench');
