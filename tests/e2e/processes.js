// The processes of a session, found by its home: nobody else's are ever touched.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

function facts(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const after = status.slice(status.lastIndexOf(')') + 2).split(' ');
    const program = basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
    return { pid: Number(pid), program, state: after[0], parent: Number(after[1]) };
  } catch {
    return null;
  }
}

const all = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(facts)
    .filter((process) => process !== null && process.state !== 'Z');

function isOf(pid, home) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`);
  } catch {
    return false;
  }
}

/** The studio that was started with this home, if it runs. */
export const studioOf = (home) =>
  all().find(({ program, pid }) => program === 'cropmark-studio' && isOf(pid, home)) ?? null;

/** Everything that was started with this home and still runs. */
export const allOf = (home) => all().filter(({ pid }) => isOf(pid, home));

/** The workers of the studio with this home. */
export function workersOf(home) {
  const processes = all();
  const studio = studioOf(home);
  const isBelow = ({ parent }) => {
    for (let at = parent; at > 1; ) {
      if (at === studio?.pid) return true;
      at = processes.find(({ pid }) => pid === at)?.parent ?? 0;
    }
    return false;
  };
  return processes.filter((one) => one.program === 'cropmark-worker' && isBelow(one));
}
