// node tests/bench/arriving.js: how soon a variant of a source by URL is there after the source's last
// byte, and how much sooner than by downloading the source and rendering it then.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { RELEASE, SCRATCH } from './places.js';

const USAGE = `node tests/bench/arriving.js [options]
  --programs DIR takes the binaries there, in place of target/release
  --rate N       megabytes a second that the server sends (4)
  --rounds N     rounds (3)`;

/** Pictures of about 20 MB, and the sides of the noise that they are made of. */
const SOURCES = [
  { format: 'jpeg', width: 7000, height: 5700, quality: 88 },
  { format: 'png', width: 3100, height: 2500 },
];

const WORK = join(SCRATCH, 'work/arriving');
const TICKS = 50;

async function main() {
  const options = {
    programs: { type: 'string', default: RELEASE },
    rate: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  };
  const { values } = parseArgs({ options });
  if (values.help) return console.log(USAGE);
  const program = join(values.programs, 'cropmark');
  const rate = Number(values.rate) * 1e6;
  await rm(WORK, { recursive: true, force: true });
  await mkdir(WORK, { recursive: true });
  await preset('small', 'operations = [{ op = "resize", width = 1280 }]', 'format = "jpeg"');
  for (const { format, width, height, quality } of SOURCES) {
    const noise = await painted(width, height);
    const output = `format = "${format}"${quality ? `, quality = ${quality}` : ''}`;
    await preset(format, 'operations = []', output);
    const made = await rendered(program, noise, format);
    const bytes = await readFile(join(WORK, 'out', made.path));
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const early = await fetched(bytes, rate, `a.${format}`, (url, host) =>
        rendered(program, url, 'small', ['--allow-host', host]),
      );
      const late = await fetched(bytes, rate, `a.${format}`, async (url) => {
        const file = join(WORK, `late.${format}`);
        await writeFile(file, Buffer.from(await (await fetch(url)).arrayBuffer()));
        return rendered(program, file, 'small');
      });
      const saved = 100 * (1 - early.total / late.total);
      console.log(
        `${format} ${(bytes.length / 1e6).toFixed(1)} MB, ${rate / 1e6} MB/s: ` +
          `${early.after.toFixed(2)} s after the last byte, ${early.total.toFixed(2)} s in all; ` +
          `downloaded first: ${late.after.toFixed(2)} and ${late.total.toFixed(2)} s ` +
          `(${saved.toFixed(0)} % sooner)`,
      );
    }
  }
}

async function preset(name, operations, output) {
  const text = `version = 1\n[generators.${name}]\n${operations}\noutput = { ${output} }\n`;
  await writeFile(join(WORK, `${name}.preset.toml`), text);
}

/** Writes a picture of shades with noise in it, the same each time. */
async function painted(width, height) {
  const path = join(WORK, `${width}x${height}.ppm`);
  const file = await open(path, 'w');
  await file.write(`P6\n${width} ${height}\n255\n`);
  let state = 7;
  for (let y = 0; y < height; y += 1) {
    const row = Buffer.alloc(width * 3);
    for (let at = 0; at < row.length; at += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      row[at] = ((y * 160) / height + (state >>> 24) / 3) & 255;
    }
    await file.write(row);
  }
  await file.close();
  return path;
}

/** Renders one variant in a new folder; returns its row. */
async function rendered(program, source, name, more = []) {
  const out = join(WORK, 'out');
  await rm(out, { recursive: true, force: true });
  const presets = ['--preset', join(WORK, `${name}.preset.toml`)];
  const words = ['render', source, ...presets, '--out', out, '--json', ...more];
  const environment = { ...process.env, XDG_CACHE_HOME: join(out, 'cache') };
  const child = spawn(program, words, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (part) => {
    text += part;
  });
  await once(child, 'close');
  const row = JSON.parse(text.split('\n')[0]);
  if (row.status !== 'rendered') throw new Error(`it was not rendered: ${text}`);
  return { ...row, path: row.path.replace(`${out}/`, '') };
}

/** Serves a source at a rate while something works with it; returns seconds. */
async function fetched(bytes, rate, name, work) {
  let last = 0;
  const server = createServer(async (_request, response) => {
    response.writeHead(200, { 'Content-Length': bytes.length });
    const began = performance.now();
    let sent = 0;
    while (sent < bytes.length) {
      const due = Math.ceil(((performance.now() - began) / 1000 + 1 / TICKS) * rate);
      const part = bytes.subarray(sent, Math.min(due, bytes.length));
      sent += part.length;
      if (!response.write(part)) await once(response, 'drain');
      await setTimeout(1000 / TICKS);
    }
    response.end();
    last = performance.now();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${server.address().port}`;
  const began = performance.now();
  await work(`http://${host}/${name}`, host);
  const ended = performance.now();
  server.close();
  return { after: (ended - last) / 1000, total: (ended - began) / 1000 };
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
