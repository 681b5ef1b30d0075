// What the window's benchmark opens: a workspace of many small pictures, and one of a large photo.
// The small ones are orange, a colour that the window itself never has: so they are seen on screen.

import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withComment } from './corpus.js';
import { SCRATCH } from './places.js';
import { paint } from './scene.js';

const DIFFERENT = 12;
const IN_A_FOLDER = 500;
const PRESET = `version = 1

[generators.web]
operations = [{ op = "resize", fit = "inside", width = 1280 }]
output = { format = "jpeg", quality = 40 }
`;

const exists = async (path) => (await stat(path).catch(() => undefined)) !== undefined;

/** A workspace of so many pictures, made once. */
export async function manyPictures(count) {
  const folder = join(SCRATCH, `window-${count}`);
  const complete = join(SCRATCH, `window-${count}.complete`);
  if (await exists(complete)) return folder;
  await rm(folder, { recursive: true, force: true });
  const originals = [];
  for (let index = 0; index < DIFFERENT; index += 1) originals.push(await orange(index));
  for (let number = 0; number < count; number += 1) {
    const below = join(folder, `day-${String(Math.floor(number / IN_A_FOLDER)).padStart(2, '0')}`);
    if (number % IN_A_FOLDER === 0) await mkdir(below, { recursive: true });
    const name = `picture-${String(number).padStart(5, '0')}.jpg`;
    await writeFile(
      join(below, name),
      withComment(originals[number % DIFFERENT], `picture ${number}`),
    );
  }
  await writeFile(join(folder, 'web.preset.toml'), PRESET);
  await writeFile(complete, '');
  return folder;
}

/** A picture with a photograph's texture in one colour. */
async function orange(seed) {
  const { default: sharp } = await import('sharp');
  const [width, height] = seed % 4 === 3 ? [320, 480] : [480, 320];
  return sharp(await paint({ seed: seed + 50, width, height }))
    .greyscale()
    .linear(0.5, 70)
    .tint({ r: 255, g: 120, b: 0 })
    .toColourspace('srgb')
    .composite([
      {
        input: {
          create: { width, height, channels: 4, background: { r: 255, g: 110, b: 0, alpha: 0.45 } },
        },
      },
    ])
    .jpeg({ quality: 75 })
    .toBuffer();
}

/** A workspace of one photograph of 24 megapixels. */
export async function largePhoto() {
  const folder = join(SCRATCH, 'window-large');
  const photo = join(folder, 'large.jpg');
  await mkdir(folder, { recursive: true });
  if (!(await exists(photo))) {
    await writeFile(photo, await paint({ seed: 5, width: 6000, height: 4000 }));
  }
  // The slider's steps of an earlier run must not be known.
  await rm(join(folder, '.cropmark'), { recursive: true, force: true });
  await writeFile(join(folder, 'web.preset.toml'), PRESET);
  return { folder, photo: 'large.jpg' };
}
