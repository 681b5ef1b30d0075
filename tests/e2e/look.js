// Takes pictures of the real window: node tests/e2e/look.js OUT.png [--size 1280x800]
// [--theme dark] [--open FOLDER | --samples] [--do SCRIPT.js] [--home DIR]
// SCRIPT.js exports an async function (studio, shoot): `shoot('name')` takes OUT-name.png.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { openStudio, pause } from './studio.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1280x800' },
    theme: { type: 'string' },
    open: { type: 'string' },
    samples: { type: 'boolean', default: false },
    do: { type: 'string' },
    home: { type: 'string' },
    wait: { type: 'string', default: '3000' },
  },
});
const [out] = positionals;
const size = values.size.split('x').map(Number);
const words = values.samples ? ['--samples'] : values.open ? [resolve(values.open)] : [];
const studio = await openStudio({ words, size, home: values.home });
let failed = false;
try {
  if (values.theme) {
    await studio.browser.execute((theme) => {
      document.documentElement.dataset.theme = theme;
    }, values.theme);
  }
  await pause(Number(values.wait));
  const shoot = (name) => {
    const file = name ? out.replace(/\.png$/, `-${name}.png`) : out;
    const area = `${size[0]}x${size[1]}+0+0`;
    const words = ['-window', 'root', '-crop', area, '+repage', file];
    execFileSync('import', words, { env: { ...process.env, DISPLAY: studio.display } });
    console.log(file);
  };
  if (values.do) {
    const { default: perform } = await import(pathToFileURL(resolve(values.do)).href);
    await perform(studio, shoot);
  } else {
    shoot();
  }
} catch (error) {
  failed = true;
  console.error(error);
} finally {
  await studio.close();
}
process.exit(failed ? 1 : 0);
