// The photographs, a folder's or generated ones, and the smaller pictures of some jobs.

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { SCRATCH } from './places.js';
import { paint, SCENES } from './scene.js';

const FEWEST_PIXELS = 12e6;
const MOST_PIXELS = 24e6;
/** Pictures of jobs are other scenes than the photographs. */
const FIRST_SEED = 1000;

/**
 * A folder with exactly this many JPEGs of 12 to 24 megapixels, and what is in it.
 *
 * Where there are fewer photographs than that they are used again. A copy differs in a comment,
 * so that a program which knows a file by its content does not get it for nothing.
 */
export async function gatherSources(count) {
  const given = process.env.CROPMARK_CORPUS;
  const originals = given ? await photographs(given) : await painted(SCENES);
  if (originals.length === 0) {
    throw new Error(`${given} holds no JPEG of 12 to 24 megapixels`);
  }
  const label = `${given ?? 'generated'} ${originals.map(({ path }) => basename(path)).join(' ')}`;
  const mark = createHash('sha256').update(label).digest('hex').slice(0, 8);
  const folder = join(SCRATCH, `sources-${mark}-${count}`);
  const sources = await copy(originals, count, folder);
  return { folder, sources, distinct: Math.min(count, originals.length) };
}

/**
 * A folder with the pictures that a job asks for, all made here: the same on every computer.
 *
 * @param {{count: number, distinct: number, width: number, height: number}} pictures
 */
export async function gatherPictures({ count, distinct, width, height }) {
  const seeds = Array.from({ length: distinct }, (_, index) => FIRST_SEED + index);
  const originals = await painted(seeds.map((seed) => ({ seed, width, height })));
  const folder = join(SCRATCH, `pictures-${width}x${height}-${count}`);
  return { folder, sources: await copy(originals, count, folder), distinct };
}

async function photographs(folder) {
  const { default: sharp } = await import('sharp');
  const names = (await readdir(folder)).filter((name) => /\.jpe?g$/i.test(name)).sort();
  const found = [];
  for (const name of names) {
    const path = join(folder, name);
    const facts = await sharp(path)
      .metadata()
      .catch(() => undefined);
    const pixels = (facts?.width ?? 0) * (facts?.height ?? 0);
    if (pixels >= FEWEST_PIXELS && pixels <= MOST_PIXELS) found.push({ path });
  }
  return found;
}

async function painted(scenes) {
  const folder = join(SCRATCH, 'scenes');
  await mkdir(folder, { recursive: true });
  const made = [];
  for (const scene of scenes) {
    const path = join(folder, `scene-${scene.seed}-${scene.width}x${scene.height}.jpg`);
    if ((await stat(path).catch(() => undefined)) === undefined) {
      await writeFile(path, await paint(scene));
    }
    made.push({ path });
  }
  return made;
}

async function copy(originals, count, folder) {
  const { default: sharp } = await import('sharp');
  const present = await readdir(folder).catch(() => []);
  if (present.length !== count) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  }
  const digits = Math.max(3, String(count - 1).length);
  const sources = [];
  for (let index = 0; index < count; index += 1) {
    const original = originals[index % originals.length].path;
    const stem = `${basename(original, extname(original))}-${String(index).padStart(digits, '0')}`;
    const path = join(folder, `${stem}.jpg`);
    if (present.length !== count) {
      await writeFile(path, withComment(await readFile(original), `copy ${index}`));
    }
    const { width, height } = upright(await sharp(path).metadata());
    sources.push({ path, stem, width, height, bytes: (await stat(path)).size });
  }
  return sources;
}

function upright({ width, height, orientation = 1 }) {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** The same JPEG with a comment segment after its first segment. */
export function withComment(jpeg, text) {
  if (jpeg.readUInt16BE(0) !== 0xffd8) throw new Error('not a JPEG');
  const end = 4 + jpeg.readUInt16BE(4);
  const comment = Buffer.from(text, 'utf8');
  const head = Buffer.from([0xff, 0xfe, 0, 0]);
  head.writeUInt16BE(comment.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, end), head, comment, jpeg.subarray(end)]);
}

/** Shares sources between lanes so that each has about the same to do, judged by their bytes. */
export function shareOut(sources, laneCount) {
  const lanes = Array.from({ length: laneCount }, () => ({ bytes: 0, sources: [] }));
  for (const source of [...sources].sort((a, b) => b.bytes - a.bytes)) {
    const lightest = lanes.reduce((a, b) => (b.bytes < a.bytes ? b : a));
    lightest.sources.push(source);
    lightest.bytes += source.bytes;
  }
  return lanes.map((lane) => lane.sources).filter((lane) => lane.length > 0);
}
