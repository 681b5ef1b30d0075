// The programs, and how each is asked to do a job: as a user who knows it well would.
// Each uses two processes and one thread in each of them, and strips metadata.

import { join } from 'node:path';
import { outputName, presetText } from './jobs.js';
import { BENCH, VIPSTHUMBNAIL } from './places.js';

/**
 * A peer's `plan` gives what to run side by side: lanes of commands that follow one another.
 * `files` are written before, and `environment` adds to the peer's own. Lanes of `prepare` are run
 * before and not counted; what lanes of `idle` cost, which do nothing, is taken off.
 */
export const PEERS = {
  cropmark: {
    title: 'cropmark',
    plan: ({ job, folder, out, programs, work }) => ({
      files: { 'bench.preset.toml': presetText(job) },
      // A new cache each time: nothing is known from the round before.
      environment: { XDG_CACHE_HOME: join(work, 'cache') },
      lanes: [
        [
          [
            join(programs, 'cropmark'),
            'render',
            folder,
            ...['--preset', join(work, 'bench.preset.toml')],
            ...['--out', out],
            ...['--workers', '2'],
            '--json',
          ],
        ],
      ],
    }),
  },
  vipsthumbnail: {
    title: 'vipsthumbnail, many files a call',
    environment: { VIPS_CONCURRENCY: '1' },
    plan: ({ job, lanes, out }) => ({
      lanes: lanes.map((sources) => job.variants.map((v) => thumbnailCommand(job, v, sources, out))),
    }),
  },
  'vipsthumbnail-each': {
    title: 'vipsthumbnail, one file a call',
    environment: { VIPS_CONCURRENCY: '1' },
    plan: ({ job, lanes, out }) => ({
      lanes: lanes.map((sources) =>
        sources.flatMap((source) =>
          job.variants.map((variant) => thumbnailCommand(job, variant, [source], out)),
        ),
      ),
    }),
  },
  imagemagick: {
    title: 'ImageMagick',
    environment: { MAGICK_THREAD_LIMIT: '1' },
    plan: ({ job, lanes, out }) => ({
      lanes: lanes.map((sources) => sources.map((source) => convertCommand(job, source, out))),
    }),
  },
  'sharp-pipeline': sharpPeer('sharp, a pipeline a variant', 'pipeline'),
  'sharp-clone': sharpPeer('sharp, clone()', 'clone'),
  'sharp-shared': sharpPeer('sharp, one shared raw image', 'shared'),
  floor: {
    ...sharpPeer('floor: one decode, ready-made pixels encoded', 'floor'),
    unscored: true,
  },
};

function thumbnailCommand(job, variant, sources, out) {
  const settings = { webp: ',effort=4', jpeg: ',optimize_coding=false,interlace=false' };
  const stated = job.stated ? settings[variant.format] : '';
  const target = join(out, outputName(variant, { stem: '%s' }));
  return [
    VIPSTHUMBNAIL,
    ...(variant.height === undefined
      ? ['--size', `${variant.width}x`]
      : ['--size', `${variant.width}x${variant.height}`, '--smartcrop', 'attention']),
    ...['-o', `${target}[Q=${variant.quality},strip${stated}]`],
    ...sources.map((source) => source.path),
  ];
}

/**
 * One reading, each size made from the one before. It has no smart crop and takes the middle.
 * The size given to the decoder is the largest result's: it keeps twice that by itself, and
 * enlarges where more is asked for.
 */
function convertCommand(job, source, out) {
  const largest = Math.max(...job.variants.map((variant) => variant.width));
  const words = ['/usr/bin/convert', '-define', `jpeg:size=${largest}x${largest}`];
  words.push(source.path, '-auto-orient', '-strip');
  words.push(...['-sampling-factor', '4:2:0', '-define', 'webp:method=4']);
  words.push('-define', 'jpeg:optimize-coding=false');
  for (const variant of job.variants) {
    const target = join(out, outputName(variant, source));
    if (variant.height === undefined) {
      words.push('-resize', `${variant.width}x`);
    } else {
      const box = `${variant.width}x${variant.height}`;
      words.push('-resize', `${box}^`, '-gravity', 'center', '-extent', box);
    }
    words.push('-quality', `${variant.quality}`);
    words.push(...(variant === job.variants.at(-1) ? [target] : ['-write', target]));
  }
  return words;
}

function sharpPeer(title, strategy) {
  const script = join(BENCH, 'sharp-render.js');
  return {
    title,
    plan: ({ job, lanes, out, work }) => {
      const order = (sources) => JSON.stringify({ job, sources, out, pixels: join(work, 'pixels') });
      const command = (name, file) => [process.execPath, script, name, join(work, file)];
      const files = lanes.map((_, lane) => `lane-${lane}.json`);
      const plan = {
        files: Object.fromEntries(files.map((file, lane) => [file, order(lanes[lane])])),
        lanes: files.map((file) => [command(strategy, file)]),
      };
      if (strategy !== 'floor') return plan;
      return {
        ...plan,
        files: { ...plan.files, 'nothing.json': order([]) },
        prepare: files.map((file) => [command('pixels', file)]),
        idle: files.map(() => [command('floor', 'nothing.json')]),
      };
    },
  };
}
