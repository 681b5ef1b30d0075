// The README's pictures, from the real window with the samples:
// node tests/e2e/screenshots.js [FOLDER]
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handsOn, Key } from './page.js';
import { openStudio, pause } from './studio.js';

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../../assets/screenshots', import.meta.url)));
const [width, height] = [1280, 800];
mkdirSync(folder, { recursive: true });

const studio = await openStudio({ words: ['--samples'], size: [width, height] });
const hands = handsOn(studio);
const { act, chooseGenerator, click, currentVariant, evaluate, fill, find, press, tile, untilPage } = hands;

async function shoot(name) {
  await evaluate(() => document.activeElement?.blur?.());
  await pause(600);
  const file = join(folder, `${name}.webp`);
  const words = ['-window', 'root', '-crop', `${width}x${height}+0+0`, '+repage', '-quality', '82', '-define', 'webp:method=6', file];
  execFileSync('import', words, { env: { ...process.env, DISPLAY: studio.display } });
  console.log(file);
}

const thumbnails = () =>
  untilPage(
    () => {
      const images = [...document.querySelectorAll('[data-stage] img')];
      return images.length > 10 && images.every((image) => image.naturalWidth > 0);
    },
    'thumbnails',
    { wait: 60_000 },
  );

try {
  await thumbnails();
  await act('Dark colours');
  await (await tile('photos/first-light.avif')).click();
  await chooseGenerator('web.preset.toml', 'hero');
  await untilPage(() => document.querySelector('[data-result]'), 'the result', { wait: 60_000 });
  await shoot('grid');

  await (await tile('photos/autumn-lake.jpg')).click();
  await chooseGenerator('campaign.preset.toml', 'duotone');
  await click('button', 'Compare');
  await currentVariant(60_000);
  await shoot('compare');

  await act('Light colours');
  await chooseGenerator('web.preset.toml', 'card');
  await click('button', 'Matrix');
  await thumbnails();
  await shoot('matrix');

  await click('button', 'Grid');
  await press(Key.ctrl, 'e');
  await find('dialog', 'Export', { exact: false });
  await fill('textbox', 'Folder', '/home/ada/renditions', { within: '[role=dialog]' });
  await untilPage(() => document.querySelector('[role=dialog] li[aria-setsize]'), 'the names', { wait: 60_000 });
  await shoot('export');
} finally {
  await studio.close();
}
