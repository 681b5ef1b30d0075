// A second start of the studio beside one that runs, which reaches it by the session bus.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { programs } from './studio.js';

/** A session bus of the test's own; null where none can be started. */
export function sessionBus(t) {
  if (spawnSync('dbus-daemon', ['--version']).status !== 0) return null;
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => bus.kill());
  return new Promise((resolve) => {
    bus.once('exit', () => resolve(null));
    bus.stdout.once('data', (data) => resolve(String(data).trim()));
  });
}

/** Starts the studio once more beside another one, and waits until it has ended. */
export async function startAgain(studio, env, folder) {
  const second = spawn(join(programs, 'cropmark-studio'), [folder], {
    stdio: 'ignore',
    env: {
      ...process.env,
      ...env,
      DISPLAY: studio.display,
      HOME: studio.home,
      GDK_BACKEND: 'x11',
      XDG_DATA_HOME: join(studio.home, 'data'),
      XDG_CONFIG_HOME: join(studio.home, 'config'),
      XDG_CACHE_HOME: join(studio.home, 'cache'),
    },
  });
  const code = await new Promise((resolve) => second.once('exit', resolve));
  assert.equal(code, 0);
}
