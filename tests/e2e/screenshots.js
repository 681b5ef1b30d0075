// The README's pictures, from the real window with the samples:
// node tests/e2e/screenshots.js [FOLDER]
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handsOn, Key } from './page.js';
import { openStudio, pause } from './studio.js';

const folder = resolve(
  process.argv[2] ?? fileURLToPath(new URL('../../assets/screenshots', import.meta.url)),
);
const [width, height] = [1280, 800];
mkdirSync(folder, { recursive: true });

/** A window in one theme; menu bar and page alike. */
async function session(theme, take) {
  const gtk = theme === 'Theme: Dark' ? 'Adwaita:dark' : 'Adwaita';
  const studio = await openStudio({
    words: ['--samples'],
    size: [width, height],
    env: { GTK_THEME: gtk },
  });
  const display = { env: { ...process.env, DISPLAY: studio.display } };
  // The pointer rests beside the window: nothing is hovered.
  execFileSync('xdotool', ['mousemove', '1900', '1190'], display);
  const hands = handsOn(studio);
  const shoot = async (name) => {
    // Until the window has drawn what the page has.
    await hands.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    await pause(2500);
    const file = join(folder, `${name}.webp`);
    const crop = `${width}x${height}+0+0`;
    const words = ['-window', 'root', '-crop', crop, '+repage', '-quality', '82', file];
    execFileSync('import', words, display);
    console.log(file);
  };
  const pictures = (least) =>
    hands.untilPage(
      (number) => {
        const images = [...document.querySelectorAll('[data-view] img')];
        return images.length >= number && images.every((image) => image.naturalWidth > 0);
      },
      'pictures',
      { words: [least], wait: 60_000 },
    );
  try {
    await pictures(10);
    await hands.act(theme);
    await take({ ...hands, studio, shoot, pictures });
  } finally {
    await studio.close();
  }
}

await session('Theme: Dark', async (hands) => {
  const { chooseGenerator, click, currentVariant, press, shoot, tile } = hands;
  await (await tile('photos/dusk-ridge.jpg')).click();
  await chooseGenerator('web.preset.toml', 'card');
  await click('button', 'Compare');
  await currentVariant(60_000);
  await press('g');
  await hands.pictures(10);
  await shoot('grid');

  await (await tile('photos/dusk-ridge.jpg')).click();
  await chooseGenerator('campaign.preset.toml', 'duotone');
  await click('button', 'Compare');
  await currentVariant(60_000);
  await shoot('compare');
});

await session('Theme: Light', async (hands) => {
  const { chooseGenerator, click, find, press, shoot, studio, tile, untilPage } = hands;
  await (await tile('photos/autumn-lake.jpg')).click();
  await chooseGenerator('web.preset.toml', 'hero');
  await click('button', 'Matrix');
  await find('grid', 'Images and generators');
  await hands.pictures(8);
  await untilPage(
    () => document.querySelectorAll('[data-view] [role=gridcell] svg').length > 20,
    'states',
    { wait: 60_000 },
  );
  await shoot('matrix');

  await click('button', 'Sheet');
  await hands.pictures(4);
  await shoot('sheet');

  await click('button', 'Grid');
  await press(Key.ctrl, 'e');
  await find('dialog', 'Export', { exact: false });
  studio.answerDialogs('/home/ada/renditions');
  await click('button', 'Choose…', { within: '[role=dialog]' });
  const named = () => document.querySelector('[role=dialog] li[aria-setsize]');
  await untilPage(named, 'the names', { wait: 60_000 });
  await shoot('export');
});
