// Begins a test: the studio with a home of its own, closed again whatever happens.
import { rmSync } from 'node:fs';
import { afterwards } from './afterwards.js';
import { handsOn } from './page.js';
import { allOf } from './processes.js';
import { openStudio, until } from './studio.js';

/** Opens a studio for a test, and the user's actions in it: see page.js. */
export async function start(test, wanted = {}) {
  const studio = await openStudio(wanted);
  const { home } = studio;
  let ended = false;
  const end = async () => {
    if (ended) return;
    ended = true;
    // A window that was closed or killed has no session to end any more.
    await studio.close({ keep: true }).catch(() => {});
    await gone(home).catch(() => {
      for (const { pid } of allOf(home)) process.kill(pid, 'SIGKILL');
      return gone(home);
    });
  };
  afterwards(test, async () => {
    await end();
    // A home that was given belongs to the session that made it.
    if (!wanted.home) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    studio,
    /** Ends the session; the home stays until the test is over. */
    end,
    ...handsOn(studio),
  };
}

/** Waits until nothing of a session runs any more: what runs may still write to its home. */
const gone = (home) => until(() => allOf(home).length === 0, 'the session has ended', 10_000);
