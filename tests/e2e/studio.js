// Starts the real window: Xvfb where there is no display, tauri-driver, WebKitWebDriver, and a
// home of its own for each session, so that sessions neither meet nor remember each other.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { remote } from 'webdriverio';
import { freePort } from './freePort.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const profile = process.env.CROPMARK_E2E_PROFILE ?? 'debug';

/** The folder with the programs under test. */
export const programs = process.env.CROPMARK_E2E_PROGRAMS ?? join(target, profile);

async function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => {});
    setTimeout(() => socket.destroy(), 500).unref();
  });
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until `ready` gives something true, and returns it. */
export async function until(ready, what, milliseconds = 15_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await ready();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain: ${what}`);
    await pause(50);
  }
}

let display;

/** A display: the one there is, or an Xvfb for this process. */
async function startDisplay([width, height]) {
  if (process.env.CROPMARK_E2E_DISPLAY) return process.env.CROPMARK_E2E_DISPLAY;
  if (display) return display;
  const words = ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp'];
  const xvfb = spawn('Xvfb', words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const number = await new Promise((resolve, reject) => {
    xvfb.once('error', reject);
    xvfb.once('exit', () => reject(new Error('Xvfb does not start')));
    xvfb.stdio[3].once('data', (data) => resolve(String(data).trim()));
  });
  process.once('exit', () => xvfb.kill());
  xvfb.unref();
  xvfb.stdio[3].unref();
  display = `:${number}`;
  return display;
}

function findDriver() {
  const places = [join(target, 'tools/bin'), ...(process.env.PATH ?? '').split(delimiter)];
  const found = places.map((place) => join(place, 'tauri-driver')).find((file) => existsSync(file));
  if (!found) throw new Error('tauri-driver is missing: "npm run setup test" gets it');
  return found;
}

/**
 * Opens the studio.
 * @param {object} wanted
 * @param {string[]} [wanted.words] what the program is started with
 * @param {string} [wanted.home] a home of a former session, to start it again
 * @param {[number, number] | null} [wanted.size] of the window; null: as the studio has it
 * @param {Record<string, string>} [wanted.env]
 */
export async function openStudio({ words = [], home, size = [1280, 800], env = {} } = {}) {
  const own = home ?? mkdtempSync(join(process.env.CROPMARK_E2E_TMP ?? tmpdir(), 'cropmark-e2e-'));
  const folders = { data: 'XDG_DATA_HOME', config: 'XDG_CONFIG_HOME', cache: 'XDG_CACHE_HOME' };
  const homes = Object.fromEntries(
    Object.entries(folders).map(([name, variable]) => {
      mkdirSync(join(own, name), { recursive: true });
      return [variable, join(own, name)];
    }),
  );
  const [port, nativePort] = [await freePort(), await freePort()];
  const driver = spawn(
    findDriver(),
    ['--port', String(port), '--native-port', String(nativePort)],
    {
      stdio: ['ignore', process.env.CROPMARK_E2E_LOG ? 'inherit' : 'ignore', 'pipe'],
      detached: true,
      env: {
        ...process.env,
        DISPLAY: await startDisplay([1920, 1200]),
        WAYLAND_DISPLAY: '',
        GDK_BACKEND: 'x11',
        NO_AT_BRIDGE: '1',
        GTK_THEME: 'Adwaita',
        LIBGL_ALWAYS_SOFTWARE: '1',
        HOME: own,
        CROPMARK_DIALOG_ANSWER: join(own, 'dialog-answer'),
        ...homes,
        ...env,
      },
    },
  );
  // GTK complains of each accelerator whenever the menu bar is built anew; that says nothing.
  createInterface({ input: driver.stderr }).on('line', (line) => {
    if (line.trim() !== '' && !line.includes('no accelerator')) process.stderr.write(`${line}\n`);
  });
  // What outlives a studio that was killed must not keep this process alive.
  driver.unref();
  driver.stderr.unref();
  const stopDriver = () => {
    try {
      process.kill(-driver.pid, 'SIGKILL');
    } catch {
      // It has gone already.
    }
  };
  process.once('exit', stopDriver);
  let browser;
  try {
    await until(() => listens(port), 'tauri-driver listens');
    await until(() => listens(nativePort), 'WebKitWebDriver listens');
    browser = await remote({
      hostname: '127.0.0.1',
      port,
      logLevel: 'error',
      connectionRetryCount: 0,
      connectionRetryTimeout: 60_000,
      capabilities: {
        'wdio:enforceWebDriverClassic': true,
        'tauri:options': { application: join(programs, 'cropmark-studio'), args: words },
      },
    });
    await browser.setTimeout({ script: 30_000, pageLoad: 30_000, implicit: 0 });
    if (size) await browser.setWindowSize(...size);
    await until(
      () => browser.execute(() => document.querySelector('#root')?.childElementCount > 0),
      'the page shows something',
    );
  } catch (error) {
    stopDriver();
    throw error;
  }
  return {
    browser,
    home: own,
    display,
    /** Sets the path that the system's dialogs return, which WebDriver cannot click. */
    answerDialogs: (path) => writeFileSync(join(own, 'dialog-answer'), path),
    /** Ends the session; `keep`: its home stays, for another one. */
    async close({ keep = false } = {}) {
      try {
        await browser.deleteSession();
      } finally {
        await pause(100);
        stopDriver();
        process.off('exit', stopDriver);
        if (!keep && !home) rmSync(own, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}
