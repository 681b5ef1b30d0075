// Three shards of a run, on three nodes' folders, are one run: file by file, and in the merged cache.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startSlurm } from './slurm.js';
import { cropmark, photos, rows, run, tree } from './work.js';

const SHARDS = ['1', '2', '3'];

/** Folders of three nodes and of one that does all, below one that goes when the test is over. */
async function scene(t) {
  const folder = mkdtempSync(join(tmpdir(), 'cropmark-cluster-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const name of ['whole', ...SHARDS]) photos(join(folder, name));
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: '', XDG_CONFIG_HOME: '' };
  await run(cropmark, ['render', ...words], { cwd: join(folder, 'whole'), env });
  return { folder, env, whole: tree(join(folder, 'whole/out')) };
}

const words = ['photos', '--preset', 'p.preset.toml', '--workspace', 'photos', '--out', 'out'];

/** What is done for one shard, in the folder of its node; `number` is a variable of the shell. */
const script = (number) =>
  `cd "${number}" && exec "${cropmark}" render ${words.join(' ')} --shard auto --json >> rows`;

/** Checks that the shards' files and rows are those of one run, and that so is their cache. */
async function areOneRun({ folder, env, whole }) {
  const all = {};
  for (const shard of SHARDS) {
    const own = tree(join(folder, shard, 'out'));
    assert.ok(Object.keys(own).length > 0, `shard ${shard} has nothing to do`);
    for (const [file, hash] of Object.entries(own)) {
      assert.equal(all[file], undefined, `${file} is of two shards`);
      all[file] = hash;
    }
  }
  assert.deepEqual(all, whole);

  const nodes = SHARDS.map((shard) => join(folder, shard, 'photos'));
  await run(cropmark, ['workspace', 'merge', ...nodes], { env });
  const again = [...words.slice(0, -1), 'again', '--json'];
  const { stdout } = await run(cropmark, ['render', ...again], { cwd: join(folder, '1'), env });
  const { summary } = JSON.parse(stdout.trim().split('\n').at(-1));
  assert.equal(summary.rendered, 0, 'a merged cache has all');
  assert.deepEqual(tree(join(folder, '1/again')), whole);
}

test('an array of Slurm is one run', { timeout: 300_000 }, async (t) => {
  const work = await scene(t);
  const slurm = await startSlurm(mkdtempSync(join(work.folder, 'slurm-')));
  try {
    const env = { ...slurm.env, HOME: work.folder };
    const options = ['--wait', '--array=1-3', '--output=log-%a', `--chdir=${work.folder}`];
    await run('sbatch', [...options, '--wrap', script('$SLURM_ARRAY_TASK_ID')], { env });
  } finally {
    await slurm.end();
  }
  await areOneRun(work);
});

test('jobs of GNU parallel are one run, also after one was killed', {
  timeout: 300_000,
}, async (t) => {
  const work = await scene(t);
  const env = { ...work.env, CROPMARK_SHARDS: '3' };
  const shard = `echo $$ > "$PARALLEL_SEQ/pid"; ${script('$PARALLEL_SEQ')}`;
  const options = ['--will-cite', '-N0', '--joblog', join(work.folder, 'jobs')];
  const first = spawn('parallel', [...options, shard, ':::', ...SHARDS], {
    ...{ cwd: work.folder, env, stdio: 'ignore' },
  });
  const ended = new Promise((resolve) => first.once('exit', resolve));
  // The second is killed as soon as it has written a row.
  const [pid, done] = ['2/pid', '2/rows'].map((name) => join(work.folder, name));
  while (!existsSync(done) || rows(done).length === 0) await pause(5);
  process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
  assert.equal(await ended, 1, 'one job has failed');
  const before = rows(done).length;

  const resume = [...options, '--resume-failed', shard, ':::', ...SHARDS];
  await run('parallel', resume, { cwd: work.folder, env });
  const told = rows(done).slice(before);
  assert.ok(told.length > 0, 'it goes on where it was killed');
  await areOneRun(work);
});
