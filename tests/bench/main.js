// npm run bench: the same jobs by Cropmark and by the programs that people use today.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { gatherPictures, gatherSources, shareOut } from './corpus.js';
import { inspectOutputs, scoreOutputs } from './compare.js';
import { JOBS, outputName } from './jobs.js';
import { run } from './measure.js';
import { readOptions, USAGE } from './options.js';
import { PEERS } from './peers.js';
import { SCRATCH } from './places.js';
import { judge, outputNotes, summarize, tableText } from './report.js';
import { prepare } from './prepare.js';

const PROCESSES = 2;

/**
 * Each turn has a folder of its own in here, and nothing is deleted until the next start: where thousands
 * of files were deleted within the last minutes, ext4 looks at each of them for every new file, which
 * was an eighth of Cropmark's time for job D.
 */
const WORK = join(SCRATCH, 'work');

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return console.log(USAGE);
  prepare(options);
  await rm(WORK, { recursive: true, force: true });
  console.log(`${options.rounds} rounds, ${PROCESSES} processes, ${cpus()[0].model}`);
  const report = { rounds: options.rounds, jobs: {} };
  for (const name of options.jobs) {
    const { pictures } = JOBS[name];
    const corpus = await (pictures ? gatherPictures(pictures) : gatherSources(options.sources));
    report.jobs[name] = await compete(name, corpus, options);
  }
  if (options.json !== undefined) await writeFile(options.json, JSON.stringify(report, null, 2));
}

/** One job by all who take part in it, in turns. */
async function compete(name, { folder, sources, distinct }, options) {
  const job = JOBS[name];
  const peers = job.peers.filter((peer) => options.peers.includes(peer));
  const lanes = shareOut(sources, PROCESSES);
  const order = { job, folder, sources, lanes, programs: options.programs };
  const folderOf = (peer, round) => join(WORK, `${name}-${peer}-${round}`);
  const rounds = Object.fromEntries(peers.map((peer) => [peer, []]));
  console.log(`\nJob ${name}: ${job.title}`);
  console.log(`${sources.length} pictures, ${distinct} of them different`);
  for (let round = 0; round < options.rounds; round += 1) {
    for (const peer of turned(peers, round)) {
      const measured = await takeTurn(peer, folderOf(peer, round), order);
      rounds[peer].push(measured);
      const figures = `${measured.wall.toFixed(2)} s, cpu ${measured.cpu.toFixed(2)} s`;
      console.error(`  round ${round + 1}, ${PEERS[peer].title}: ${figures}`);
    }
  }
  const scored = sources.slice(0, Math.min(options.scored, distinct));
  const last = (peer) => join(folderOf(peer, options.rounds - 1), 'out');
  const rows = await describe(job, peers, rounds, sources, scored, last);
  console.log(`\n${tableText(rows)}`);
  for (const note of outputNotes(rows)) console.log(`note: ${note}`);
  const verdicts = judge(job.targets, rows);
  for (const { met, text } of verdicts) console.log(`${met ? 'met   ' : 'MISSED'}  ${text}`);
  return { title: job.title, sources: sources.length, rounds, rows, verdicts };
}

/** Starts each round with a different program, so that none always runs after the same one. */
function turned(list, by) {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

async function takeTurn(peer, work, order) {
  const out = join(work, 'out');
  await mkdir(out, { recursive: true });
  for (const variant of order.job.variants) {
    await mkdir(dirname(join(out, outputName(variant, { stem: 'any' }))), { recursive: true });
  }
  const plan = PEERS[peer].plan({ ...order, work, out });
  for (const [file, text] of Object.entries(plan.files ?? {})) {
    await writeFile(join(work, file), text);
  }
  const settings = { work, environment: { ...PEERS[peer].environment, ...plan.environment } };
  if (plan.prepare !== undefined) await run(plan.prepare, settings);
  const idle = plan.idle === undefined ? { wall: 0, cpu: 0 } : await run(plan.idle, settings);
  const measured = await run(plan.lanes, settings);
  return { ...measured, wall: measured.wall - idle.wall, cpu: measured.cpu - idle.cpu };
}

async function describe(job, peers, rounds, sources, scored, last) {
  const rows = {};
  for (const peer of peers) {
    const outputs = await inspectOutputs(job, sources, last(peer));
    rows[peer] = { title: PEERS[peer].title, ...summarize(rounds[peer]), outputs };
    if (rows.cropmark !== undefined) rows[peer].ratio = rows.cropmark.cpu / rows[peer].cpu;
  }
  const judged = peers.filter(
    (peer) => !PEERS[peer].unscored && rows[peer].outputs.missing.length === 0,
  );
  const folders = Object.fromEntries(judged.map((peer) => [peer, last(peer)]));
  if (scored.length > 0) {
    const scores = await scoreOutputs(job, scored, folders);
    for (const peer of judged) rows[peer].scores = scores[peer];
  }
  return rows;
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
