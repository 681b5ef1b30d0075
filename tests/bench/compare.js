// Checks what the programs wrote, so that no program wins by doing less.

import { execFile } from 'node:child_process';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectedSize, outputName } from './jobs.js';
import { SCRATCH } from './places.js';

export const SCORE_BINARY = join(SCRATCH, 'score/release/cropmark-bench-score');

/**
 * Every file of a program's output against its promised size.
 * @returns {{files: number, bytes: number, missing: string[], wrong: string[], near: number}}
 *   `near` counts files of which one side is a pixel off, as rounding can make it.
 */
export async function inspectOutputs(job, sources, out) {
  const { default: sharp } = await import('sharp');
  const result = { files: 0, bytes: 0, missing: [], wrong: [], near: 0 };
  for (const source of sources) {
    for (const variant of job.variants) {
      const name = outputName(variant, source);
      const path = join(out, name);
      const facts = await sharp(path)
        .metadata()
        .catch(() => undefined);
      if (facts === undefined) {
        result.missing.push(name);
        continue;
      }
      result.files += 1;
      result.bytes += (await stat(path)).size;
      const distance = sizeDistance(facts, expectedSize(variant, source));
      if (facts.format !== variant.format || distance > 1) {
        result.wrong.push(`${name} (${facts.format}, ${facts.width} x ${facts.height})`);
      } else if (distance === 1) {
        result.near += 1;
      }
    }
  }
  return result;
}

export function sizeDistance(size, expected) {
  return Math.max(
    Math.abs(size.width - expected.width),
    Math.abs(size.height - expected.height),
  );
}

/**
 * Compares pixels with those of a whole decode that is reduced with Lanczos at once. Squares are
 * left out: which part of the picture they show is each program's own choice.
 *
 * @param outputs the output folder of each program, by its name.
 * @returns by program's name: `{psnr, ssimulacra2}`, each `{mean, least}`.
 */
export async function scoreOutputs(job, sources, outputs) {
  const work = join(SCRATCH, 'score-pixels');
  const figures = new Map(Object.keys(outputs).map((name) => [name, { psnr: [], score: [] }]));
  for (const source of sources) {
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    const pairs = await comparePixels(job, source, outputs, work);
    const scores = await ssimulacra2(pairs.map((pair) => pair.line));
    pairs.forEach((pair, index) => {
      figures.get(pair.peer).psnr.push(pair.psnr);
      figures.get(pair.peer).score.push(scores[index]);
    });
  }
  await rm(work, { recursive: true, force: true });
  return Object.fromEntries(
    [...figures].map(([name, { psnr, score }]) => [
      name,
      { psnr: summary(psnr), ssimulacra2: summary(score) },
    ]),
  );
}

async function comparePixels(job, source, outputs, work) {
  const { default: sharp } = await import('sharp');
  const rgb = (image) =>
    image.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const whole = await rgb(sharp(source.path).autoOrient());
  const references = new Map();
  const pairs = [];
  for (const variant of job.variants.filter(({ height }) => height === undefined)) {
    for (const [peer, out] of Object.entries(outputs)) {
      const made = await rgb(sharp(join(out, outputName(variant, source))));
      const { width, height } = made.info;
      const size = `${width}x${height}`;
      const path = join(work, `reference-${size}.raw`);
      if (!references.has(size)) {
        const box = { width, height, fit: 'fill' };
        const resized = await rgb(sharp(whole.data, { raw: whole.info }).resize(box));
        references.set(size, resized.data);
        await writeFile(path, references.get(size));
      }
      const madePath = join(work, `${peer}-${variant.name}.raw`);
      await writeFile(madePath, made.data);
      const line = [width, height, path, madePath].join('\t');
      pairs.push({ peer, line, psnr: psnr(references.get(size), made.data) });
    }
  }
  return pairs;
}

/** Peak signal to noise in decibels, over all bands of two 8-bit images of the same size. */
export function psnr(reference, made) {
  if (reference.length !== made.length) throw new Error('images of different sizes');
  let squares = 0;
  for (let index = 0; index < made.length; index += 1) {
    squares += (reference[index] - made[index]) ** 2;
  }
  return squares === 0 ? Infinity : 10 * Math.log10((255 ** 2 * made.length) / squares);
}

function ssimulacra2(lines) {
  return new Promise((resolve, reject) => {
    const child = execFile(SCORE_BINARY, (error, said) =>
      error ? reject(error) : resolve(said.trim().split('\n').map(Number)),
    );
    child.stdin.end(`${lines.join('\n')}\n`);
  });
}

function summary(figures) {
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
  return { mean, least: Math.min(...figures) };
}
