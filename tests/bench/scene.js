// Paints pictures that cost an encoder about what a photograph does: soft gradients, cloudy
// texture at every scale, hard edges in front and a sensor's noise over all.

export const SCENES = [
  { seed: 1, width: 4000, height: 3000 },
  { seed: 2, width: 4608, height: 3456 },
  { seed: 3, width: 5472, height: 3648 },
  { seed: 4, width: 3264, height: 4928 },
  { seed: 5, width: 6000, height: 4000 },
  { seed: 6, width: 4288, height: 2848 },
  { seed: 7, width: 5184, height: 3456 },
  { seed: 8, width: 3024, height: 4032 },
];

// Texture is painted at a third of the size and enlarged; a cell is this many of its pixels.
const REDUCTION = 3;
const OCTAVES = [170, 42, 10, 3, 1];
const SHAPES = 60;

/** @returns the scene as JPEG bytes. The same scene always gives the same picture. */
export async function paint({ seed, width, height }) {
  const { default: sharp } = await import('sharp');
  const random = generator(seed);
  const small = { width: Math.ceil(width / REDUCTION), height: Math.ceil(height / REDUCTION) };
  const layers = [];
  for (const [index, cell] of OCTAVES.entries()) {
    const columns = Math.ceil(small.width / cell) + 1;
    const rows = Math.ceil(small.height / cell) + 1;
    const raw = { width: columns, height: rows, channels: 3 };
    const texture = await sharp(cells(random, columns, rows, 0.9 / (index + 1)), { raw })
      .resize({ ...small, fit: 'fill', kernel: 'cubic' })
      .png({ compressionLevel: 0 })
      .toBuffer();
    layers.push({ input: texture, blend: 'overlay' });
  }
  const { data, info } = await sharp({ create: { ...small, channels: 3, background: color(random) } })
    .composite(layers)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const enlarged = await sharp(data, { raw: info })
    .resize({ width, height, fit: 'fill', kernel: 'cubic' })
    .composite([{ input: Buffer.from(shapes(random, width, height)) }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  addGrain(enlarged.data, random);
  return sharp(enlarged.data, { raw: enlarged.info }).jpeg({ quality: 92 }).toBuffer();
}

/** A sensor's noise: the same in all bands, of about four levels. */
function addGrain(pixels, random) {
  for (let index = 0; index < pixels.length; index += 3) {
    const grain = (random() + random() - 1) * 10;
    for (let band = index; band < index + 3; band += 1) {
      pixels[band] = Math.min(255, Math.max(0, pixels[band] + grain));
    }
  }
}

/** mulberry32: a small generator, good enough for texture, the same everywhere. */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function cells(random, columns, rows, strength) {
  const bytes = Buffer.alloc(columns * rows * 3);
  for (let cell = 0; cell < columns * rows; cell += 1) {
    const light = random();
    for (let band = 0; band < 3; band += 1) {
      const value = 0.5 + (0.75 * light + 0.25 * random() - 0.5) * strength;
      bytes[cell * 3 + band] = Math.round(255 * value);
    }
  }
  return bytes;
}

function shapes(random, width, height) {
  const drawn = Array.from({ length: SHAPES }, () => {
    const x = Math.round(random() * width);
    const y = Math.round(height * (0.3 + 0.7 * random()));
    const size = Math.round((0.01 + 0.08 * random()) * width);
    const look = `fill="${color(random)}" fill-opacity="${(0.3 + 0.6 * random()).toFixed(2)}"`;
    if (random() < 0.5) return `<circle cx="${x}" cy="${y}" r="${size}" ${look}/>`;
    const turn = Math.round(random() * 90);
    const place = `x="${x}" y="${y}" width="${size}" height="${size * 3}"`;
    return `<rect ${place} transform="rotate(${turn} ${x} ${y})" ${look}/>`;
  });
  const size = `width="${width}" height="${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${drawn.join('')}</svg>`;
}

function color(random) {
  const [hue, saturation, lightness] = [random() * 360, 8 + random() * 30, 35 + random() * 30];
  return `hsl(${Math.round(hue)}, ${Math.round(saturation)}%, ${Math.round(lightness)}%)`;
}
