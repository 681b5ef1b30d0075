// node tests/bench/faces.js FOLDER: how often a crop shows a face whole, by gravity and shape.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { bitmapOf, isWithin, partOf } from './face-crops.js';
import { run } from './measure.js';
import { RELEASE, SCRATCH } from './places.js';

const USAGE = `node tests/bench/faces.js FOLDER [options]
  FOLDER has pictures and boxes.json, which names each picture's faces as shares of its sides:
  { "group.jpg": [[0.1, 0.2, 0.05, 0.08]] }: left, top, width, height
  --programs DIR takes the binaries there, in place of target/release`;

const GRAVITIES = ['face', 'smart', 'center'];
const SHAPES = { square: '1:1', wide: '16:9' };
const WORK = join(SCRATCH, 'work/faces');
const OUT = join(WORK, 'out');

async function main() {
  const options = { programs: { type: 'string', default: RELEASE }, help: { type: 'boolean' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [folder] = positionals;
  if (values.help || !folder) return console.log(USAGE);
  const boxes = JSON.parse(await readFile(join(folder, 'boxes.json'), 'utf8'));
  const missing = Object.keys(boxes).filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) throw new Error(`boxes.json names ${missing[0]}, which is not there`);
  await rm(WORK, { recursive: true, force: true });
  await mkdir(join(WORK, 'in'), { recursive: true });
  for (const name of Object.keys(boxes)) await cp(join(folder, name), join(WORK, 'in', name));
  const program = join(values.programs, 'cropmark');

  await preset('whole', '', 'bmp');
  await rendered(program, 'whole');
  const names = Object.keys(boxes);
  for (const [shape, aspect] of Object.entries(SHAPES)) {
    for (const gravity of GRAVITIES) {
      const preset_ = `${shape}-${gravity}`;
      await preset(preset_, `{ op = "crop", aspect = "${aspect}", gravity = "${gravity}" }`, 'bmp');
      await rendered(program, preset_);
      console.log(`${shape} ${gravity}: ${await shares(preset_, boxes)}`);
    }
  }
  const costs = [];
  for (const gravity of GRAVITIES) {
    await preset('cost', `{ op = "crop", aspect = "1:1", gravity = "${gravity}" }`, 'jpeg');
    const words = [program, ...command('cost'), '--set', 'workers=1'];
    const { cpu } = await run([[words]], { work: WORK, environment: environment() });
    costs.push(`${gravity} ${((cpu * 1000) / names.length).toFixed(0)} ms`);
  }
  console.log(`processor time of a picture with its square crop: ${costs.join(', ')}`);
}

/** How many of the faces that fit are whole in the parts, and in how many pictures all are. */
async function shares(generator, boxes) {
  let [faces, shown, pictures, whole] = [0, 0, 0, 0];
  for (const [name, all] of Object.entries(boxes)) {
    const read = async (of) => bitmapOf(await readFile(join(OUT, `${parse(name).name}-${of}.bmp`)));
    const [picture, crop] = [await read('whole'), await read(generator)];
    const part = partOf(picture, crop);
    if (!part) throw new Error(`${name}: the crop is not found in the picture`);
    const sides = [picture.width, picture.height];
    const inside = all.map((box) => isWithin(box.map((share, index) => share * sides[index % 2]), part));
    faces += inside.length;
    shown += inside.filter(Boolean).length;
    pictures += 1;
    whole += inside.every(Boolean) ? 1 : 0;
  }
  const percent = (part, all) => `${((100 * part) / all).toFixed(1)} %`;
  return `${percent(shown, faces)} of ${faces} faces whole; all of them in ${percent(whole, pictures)} of ${pictures} pictures`;
}

const preset = (name, operation, format) =>
  writeFile(
    join(WORK, `${name}.preset.toml`),
    `version = 1\n[generators.${name}]\noperations = [${operation}]\noutput = { format = "${format}" }\n`,
  );

const command = (name) => [
  ...['render', join(WORK, 'in'), '--preset', join(WORK, `${name}.preset.toml`), '--out', OUT],
  ...['--name', `{stem}-${name}.{ext}`],
];

/** A cache of its own, so that nothing is there from before. */
const environment = () => ({ XDG_CACHE_HOME: join(WORK, `cache-${Math.random()}`) });

const rendered = (program, name) =>
  promisify(execFile)(program, command(name), {
    env: { ...process.env, ...environment() },
    maxBuffer: 2 ** 26,
  });

await main();
