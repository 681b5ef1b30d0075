// A process that does one lane's share of a job with sharp:
//   node sharp-render.js pipeline|clone|shared|pixels|floor ORDER.json

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { outputName } from './jobs.js';

sharp.cache(false);
sharp.concurrency(1);

const [strategy, orderFile] = process.argv.slice(2);
const { job, sources, out, pixels } = JSON.parse(await readFile(orderFile, 'utf8'));
const largest = Math.max(...job.variants.map((variant) => variant.width));

const strategies = {
  /** Reads the source once for each variant, as most programs that use sharp do. */
  async pipeline(source) {
    for (const variant of job.variants) {
      await encode(resize(sharp(source.path).autoOrient(), variant), variant, source);
    }
  },

  async clone(source) {
    const shared = sharp(source.path).autoOrient();
    await Promise.all(
      job.variants.map((variant) => encode(resize(shared.clone(), variant), variant, source)),
    );
  },

  /** Decodes and shrinks to the largest variant once; the others are made from these pixels. */
  async shared(source) {
    const { data, info } = await sharp(source.path)
      .autoOrient()
      .resize({ width: largest })
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (const variant of job.variants) {
      await encode(resize(sharp(data, { raw: info }), variant), variant, source);
    }
  },

  /** Not counted: every variant's pixels, ready for the floor to encode. */
  async pixels(source) {
    for (const variant of job.variants) {
      const { data, info } = await resize(sharp(source.path).autoOrient(), variant)
        .raw()
        .toBuffer({ resolveWithObject: true });
      await writeFile(pixelFile(source, variant), data);
      await writeFile(`${pixelFile(source, variant)}.json`, JSON.stringify(info));
    }
  },

  /**
   * The least that any program must do: decode once to the largest variant's pixels, at twice
   * their size at least so that fine patterns do not alias, and run the encoders.
   */
  async floor(source) {
    await sharp(source.path)
      .autoOrient()
      .resize({ width: largest, fastShrinkOnLoad: false })
      .raw()
      .toBuffer();
    for (const variant of job.variants) {
      const data = await readFile(pixelFile(source, variant));
      const info = JSON.parse(await readFile(`${pixelFile(source, variant)}.json`, 'utf8'));
      await encode(sharp(data, { raw: info }), variant, source);
    }
  },
};

function resize(image, variant) {
  if (variant.height === undefined) return image.resize({ width: variant.width });
  const { width, height } = variant;
  return image.resize({ width, height, fit: 'cover', position: sharp.strategy.attention });
}

async function encode(image, variant, source) {
  const { quality } = variant;
  const encoded =
    variant.format === 'webp'
      ? image.webp(job.stated ? { quality, effort: 4 } : { quality })
      : image.jpeg(job.stated ? { quality, optimiseCoding: false } : { quality });
  await encoded.toFile(join(out, outputName(variant, source)));
}

function pixelFile(source, variant) {
  return join(pixels, `${source.stem}-${variant.name}.raw`);
}

await mkdir(pixels, { recursive: true });
for (const variant of job.variants) {
  await mkdir(dirname(join(out, outputName(variant, { stem: 'any' }))), { recursive: true });
}
for (const source of sources) await strategies[strategy](source);
