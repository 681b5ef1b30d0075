// The jobs, and the preset that states a job for Cropmark.

/** A variant fits a width, or covers a square around what draws the eye. */
const inside = (width, format, quality) => ({ name: `w${width}`, width, format, quality });
const square = (width, quality) => ({
  name: `square${width}`,
  width,
  height: width,
  format: 'jpeg',
  quality,
});

const MIXED = [
  inside(2048, 'webp', 80),
  inside(1280, 'jpeg', 80),
  inside(640, 'jpeg', 80),
  inside(320, 'jpeg', 80),
  square(240, 85),
];

/**
 * `stated`: all programs get the same encoder settings (WebP effort 4, plain baseline JPEG).
 * Otherwise they get format and quality, and the rest is each program's own default.
 * `pictures`: what is made for the job in place of photographs, `distinct` of them different.
 */
export const JOBS = {
  A: {
    title: 'Mixed formats, the same encoder settings for all',
    stated: true,
    variants: MIXED,
    peers: [
      'cropmark',
      'vipsthumbnail',
      'vipsthumbnail-each',
      'imagemagick',
      'sharp-pipeline',
      'sharp-clone',
      'sharp-shared',
      'floor',
    ],
    targets: [
      { peer: 'vipsthumbnail', cpu: 0.46 },
      { peer: 'vipsthumbnail-each', cpu: 0.46 },
      { peer: 'sharp-pipeline', cpu: 0.62 },
      { peer: 'sharp-shared', cpu: 0.85 },
      { peer: 'floor', cpu: 1.1 },
      { megabytes: 150 },
    ],
  },
  B: {
    title: "Mixed formats, each program's own defaults",
    stated: false,
    variants: MIXED,
    peers: ['cropmark', 'vipsthumbnail', 'vipsthumbnail-each'],
    targets: [
      { peer: 'vipsthumbnail', cpu: 0.3, bytes: 1.02, scores: true },
      { peer: 'vipsthumbnail-each', cpu: 0.3 },
    ],
  },
  C: {
    title: 'JPEG only, five sizes, the same encoder settings for all',
    stated: true,
    variants: [2048, 1280, 640, 320, 160].map((width) => inside(width, 'jpeg', 80)),
    peers: ['cropmark', 'vipsthumbnail', 'vipsthumbnail-each', 'sharp-shared', 'floor'],
    targets: [
      { peer: 'vipsthumbnail', cpu: 0.33 },
      { peer: 'vipsthumbnail-each', cpu: 0.33 },
    ],
  },
  // What a picture costs beside decoding and encoding. A call of vipsthumbnail for each picture
  // is left out: starting it costs ten times what it does.
  D: {
    title: '3,000 pictures of 160 x 120, one JPEG of 64 px each',
    stated: true,
    pictures: { count: 3000, distinct: 300, width: 160, height: 120 },
    variants: [inside(64, 'jpeg', 80)],
    peers: ['cropmark', 'vipsthumbnail', 'sharp-pipeline'],
    targets: [
      { peer: 'vipsthumbnail', cpu: 0.6 },
      { peer: 'sharp-pipeline', cpu: 0.6 },
    ],
  },
  E: {
    title: '240 pictures of 1500 x 1000, three JPEGs each',
    stated: true,
    pictures: { count: 240, distinct: 24, width: 1500, height: 1000 },
    variants: [1280, 640, 320].map((width) => inside(width, 'jpeg', 80)),
    peers: ['cropmark', 'vipsthumbnail', 'sharp-pipeline'],
    targets: [
      { peer: 'vipsthumbnail', cpu: 0.42 },
      { peer: 'sharp-pipeline', cpu: 0.6 },
    ],
  },
};

/** The file that a variant of a source becomes, below a program's output folder. */
export function outputName(variant, source) {
  return `${variant.name}/${source.stem}.${variant.format === 'jpeg' ? 'jpg' : variant.format}`;
}

/** The size that a variant of an upright source of this size has. */
export function expectedSize(variant, { width, height }) {
  const scaled = Math.max(1, Math.round((height * variant.width) / width));
  return { width: variant.width, height: variant.height ?? scaled };
}

/** Cropmark's preset for a job. */
export function presetText(job) {
  const generators = job.variants.map((variant) => {
    const box =
      variant.height === undefined
        ? `width = ${variant.width}`
        : `fit = "cover", width = ${variant.width}, height = ${variant.height}, gravity = "smart"`;
    const settings = [`format = "${variant.format}"`, `quality = ${variant.quality}`];
    if (job.stated) settings.push(...STATED[variant.format]);
    settings.push('metadata = "strip"');
    return [
      `[generators.${variant.name}]`,
      `operations = [{ op = "resize", ${box} }]`,
      `output = { ${settings.join(', ')} }`,
    ].join('\n');
  });
  return `version = 1\n\n${generators.join('\n\n')}\n`;
}

// Presets count effort from 0 to 9; 6 is libwebp's 4, and for JPEG 0 is plain Huffman coding.
const STATED = {
  webp: ['effort = 6'],
  jpeg: ['effort = 0', 'progressive = false', 'chroma = "4:2:0"'],
};
