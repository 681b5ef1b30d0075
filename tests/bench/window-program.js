// The window under the benchmark: driven by WebDriver, or started alone as the user starts it.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { colorsIn, orangeIn, watch } from './screen.js';

const SIZE = [1280, 800];
/** Where tiles are, in the window as it is the first time; and where the page is at all. */
const STAGE = { left: 260, top: 120, width: 620, height: 600 };
const PAGE = { left: 0, top: 60, width: 1280, height: 700 };
/** A few orange pixels may be anything; this many are a picture. */
const PICTURE = 60;

export const newHome = () => mkdtempSync(join(tmpdir(), 'cropmark-bench-home-'));

/** A window that is driven, and closed whatever happens. */
export async function inWindow({ home, words = [] }, act) {
  const { openStudio } = await import('../e2e/studio.js');
  const { handsOn } = await import('../e2e/page.js');
  const studio = await openStudio({ home, words, size: SIZE });
  try {
    await act({ studio, ...handsOn(studio) });
  } finally {
    await studio.close().catch(() => {});
    await gone(home);
  }
}

/** The program by itself, as the user starts it. */
export async function startAlone({ screen, home, words }) {
  const { closeWindow } = await import('../e2e/x11.js');
  const folders = { XDG_DATA_HOME: 'data', XDG_CONFIG_HOME: 'config', XDG_CACHE_HOME: 'cache' };
  const homes = Object.fromEntries(
    Object.entries(folders).map(([name, below]) => [name, join(home, below)]),
  );
  const at = Date.now();
  const program = spawn(join(process.env.CROPMARK_E2E_PROGRAMS, 'cropmark-studio'), words, {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {
      ...process.env,
      ...homes,
      HOME: home,
      DISPLAY: screen.name,
      WAYLAND_DISPLAY: '',
      GDK_BACKEND: 'x11',
      NO_AT_BRIDGE: '1',
      GTK_THEME: 'Adwaita',
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
  });
  const ended = new Promise((resolve) => program.once('exit', resolve));
  return {
    at,
    window: watch(
      () => colorsIn(screen.rows(PAGE, 20), 2) > 1 || screen.rows(PAGE, 400)[0][0] > 0,
      'a window',
    ),
    page: watch(() => colorsIn(screen.rows(PAGE, 4), 6) > 5, 'the page'),
    picture: firstPicture(screen),
    async end() {
      await closeWindow(screen.name, program.pid);
      await ended;
      await gone(home);
    },
  };
}

/** When the first picture is on the screen. */
export const firstPicture = (screen) =>
  watch(() => orangeIn(screen.rows(STAGE, 8)) > PICTURE, 'a picture');

/** Waits until nothing that was started with this home runs. */
async function gone(home) {
  const { allOf } = await import('../e2e/processes.js');
  for (let tries = 0; tries < 200 && allOf(home).length > 0; tries += 1) await pause(50);
}

export const menuHeight = (hands) =>
  hands.evaluate((height) => height - window.innerHeight, SIZE[1]);

/** What the window's processes have used of the processor, in milliseconds. */
export function processesOf(home) {
  const mine = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOf(name, home));
  const named = (name) => mine.find((pid) => nameOf(pid) === name);
  const [web, window] = [named('WebKitWebProces'), named('cropmark-studio')];
  const used = (path) => {
    const text = readFileSync(path, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  return {
    cpu: () => ({
      main: used(`/proc/${web}/task/${web}/stat`),
      page: used(`/proc/${web}/stat`),
      window: used(`/proc/${window}/stat`),
    }),
  };
}

function isOf(pid, home) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`);
  } catch {
    return false;
  }
}

function nameOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
