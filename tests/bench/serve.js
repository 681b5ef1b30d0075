// node tests/bench/serve.js: `cropmark serve` under load on this computer. A number of connections
// request what was rendered before, for a time; then every variant of a folder is requested once that was
// not. Prints requests a second of the server's own processor time, latencies, memory and errors.

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { RELEASE, ROOT } from './places.js';

const USAGE = `node tests/bench/serve.js [--seconds N] [--connections N] [--programs FOLDER]`;
/** Clock ticks a second in /proc. */
const TICKS = 100;
/** Requests that are warm: small and middle-sized pictures in three formats. */
const WARM = [
  'thumbnail/photos/arcade.jpg',
  'thumbnail/photos/autumn-lake.jpg',
  'hero/photos/arcade-640.webp',
  'hero/photos/arcade-640.jpg',
  'hero/photos/dusk-ridge-1280.webp',
  'travel/travel/square/photos/arcade.jpg',
];
/** Generators that are requested cold, each of every photograph that it takes. */
const COLD = ['thumbnail', 'tile', 'placeholder', 'noir', 'backdrop'];

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    connections: { type: 'string', default: '64' },
    programs: { type: 'string', default: RELEASE },
    help: { type: 'boolean' },
  },
});

/** A copy of the samples, served. */
async function serve() {
  const folder = mkdtempSync(join(tmpdir(), 'cropmark-serve-'));
  const workspace = join(folder, 'samples');
  cpSync(join(ROOT, 'assets/samples'), workspace, { recursive: true });
  const words = ['serve', workspace, '--listen', '127.0.0.1:0'];
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), XDG_DATA_HOME: join(folder, 'data') };
  const child = spawn(join(values.programs, 'cropmark'), words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    new Promise((resolve) => createInterface(child.stdout).once('line', (text) => resolve([text]))),
    new Promise((_, reject) => child.once('error', reject)),
  ]);
  const address = /http:\/\/\S+?(?=;)/.exec(line)?.[0];
  if (!address) throw new Error(`the server has said ${line}`);
  return { folder, workspace, child, address };
}

/** Requests a picture; resolves to its status, bytes and milliseconds. */
const request = (address, path, agent) =>
  new Promise((resolve) => {
    const began = performance.now();
    const end = (status, bytes) => resolve({ status, bytes, ms: performance.now() - began });
    get(`${address}/${path}`, { agent }, (answer) => {
      let bytes = 0;
      answer.on('data', (part) => (bytes += part.length));
      answer.on('end', () => end(answer.statusCode, bytes));
      answer.on('error', () => end(0, 0));
    }).on('error', () => end(0, 0));
  });

/** Seconds of processor time and bytes of memory of a process. */
function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS, bytes: Number(resident) * 1024 };
}

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const shown = (sorted) =>
  [0.5, 0.95, 0.99].map((share) => `p${share * 100} ${percentile(sorted, share).toFixed(1)} ms`).join(', ');
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

async function warm({ address, child }) {
  const [seconds, connections] = [Number(values.seconds), Number(values.connections)];
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  for (const path of WARM) {
    const { status } = await request(address, path, agent);
    if (status !== 200) throw new Error(`${path} is answered with ${status}`);
  }
  const [before, end] = [usage(child.pid), performance.now() + seconds * 1000];
  const [times, memory] = [[], []];
  let [errors, bytes] = [0, 0];
  const sampling = setInterval(() => memory.push(usage(child.pid).bytes), 1000);
  const client = async (number) => {
    for (let turn = number; performance.now() < end; turn += 1) {
      const answer = await request(address, WARM[turn % WARM.length], agent);
      if (answer.status !== 200) errors += 1;
      times.push(answer.ms);
      bytes += answer.bytes;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, number) => client(number)));
  clearInterval(sampling);
  agent.destroy();
  const cpu = usage(child.pid).cpu - before.cpu;
  times.sort((a, b) => a - b);
  console.log(`warm, ${connections} connections, ${seconds} s: ${times.length} answers, ${errors} errors`);
  console.log(`  ${(times.length / seconds).toFixed(0)} a second; ${(times.length / cpu).toFixed(0)} a second of the server's processor time`);
  console.log(`  ${shown(times)}; ${(bytes / seconds / 1e6).toFixed(0)} MB/s`);
  const tenth = Math.max(1, Math.floor(memory.length / 10));
  const mean = (part) => part.reduce((sum, one) => sum + one, 0) / part.length;
  console.log(`  memory: ${mib(mean(memory.slice(0, tenth)))} at first, ${mib(mean(memory.slice(-tenth)))} at last, ${mib(Math.max(...memory))} at most`);
}

async function cold({ address, workspace }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const photographs = readdirSync(join(workspace, 'photos')).filter((name) => /\.jpg$/.test(name));
  const paths = COLD.flatMap((generator) => photographs.map((name) => `${generator}/photos/${name}`));
  const [times, statuses] = [[], {}];
  const client = async () => {
    for (let path = paths.pop(); path; path = paths.pop()) {
      const { status, ms } = await request(address, path, agent);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 200) times.push(ms);
    }
  };
  await Promise.all(Array.from({ length: 4 }, client));
  agent.destroy();
  times.sort((a, b) => a - b);
  const told = Object.entries(statuses).map(([status, count]) => `${count} x ${status}`);
  console.log(`cold, 4 connections: ${told.join(', ')}; ${shown(times)}`);
}

if (values.help) {
  console.log(USAGE);
} else {
  const server = await serve();
  try {
    await warm(server);
    await cold(server);
  } finally {
    server.child.kill('SIGINT');
    await new Promise((resolve) => server.child.once('exit', resolve));
    rmSync(server.folder, { recursive: true, force: true });
  }
}
