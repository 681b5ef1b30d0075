import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTimes, run } from './measure.js';

let work;
before(async () => (work = await mkdtemp(join(tmpdir(), 'cropmark-bench-'))));
after(() => rm(work, { recursive: true }));

test('processor time of all lanes and of their grandchildren is counted', async () => {
  const spin = 'const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end);';
  const node = [process.execPath, '-e', spin];
  const grandchild = ['bash', '-c', '"$0" -e "$1"; true', process.execPath, spin];
  const { cpu, megabytes, processes } = await run([[node], [grandchild]], { work });
  assert.ok(cpu >= 0.6, `${cpu} s`);
  assert.ok(megabytes > 10, `${megabytes} MB`);
  assert.ok(processes >= 2, `${processes} processes`);
});

test("a lane's commands follow one another, and words stay whole", async () => {
  const file = join(work, "it's here");
  const append = (word) => ['bash', '-c', 'printf %s "$1" >> "$2"', 'append', word, file];
  await run([[append('one '), append('$two')]], { work });
  assert.equal(await readFile(file, 'utf8'), 'one $two');
});

test('a failure is an error that quotes what the command said', async () => {
  const failing = ['bash', '-c', 'echo lens cap on >&2; exit 3'];
  await assert.rejects(run([[failing], [['true']]], { work }), /lens cap on/);
});

test('the times are found among other words', () => {
  const text = 'warning: x\nMEASURED 1.500 2.250 0.125\n';
  assert.deepEqual(parseTimes(text), { wall: 1.5, user: 2.25, system: 0.125 });
  assert.equal(parseTimes('nothing'), undefined);
});
