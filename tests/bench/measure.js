// Runs lanes of commands side by side and says what they cost.

import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SAMPLE_MILLISECONDS = 40;
const CLOCK_TICKS_A_SECOND = 100;

/**
 * Runs every lane at once, a lane's commands one after another.
 *
 * Processor time is what the shell's `time` reports: that of every process below it whose parent
 * waited for it. Other processes are seen by sampling; the larger of the two figures counts.
 *
 * @returns {Promise<{wall: number, cpu: number, megabytes: number, processes: number}>}
 *   seconds, seconds, and the most memory that the largest process held.
 * @throws Error with the end of what the commands said, where one of them fails.
 */
export async function run(lanes, { work, environment = {} }) {
  const script = join(work, 'run.sh');
  await writeFile(script, shellScript(lanes));
  const child = spawn('bash', [script], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-20_000)));
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));

  const seen = new Map();
  const sampler = setInterval(() => sample(child.pid, seen), SAMPLE_MILLISECONDS);
  const status = await ended;
  clearInterval(sampler);

  const times = parseTimes(said);
  if (status !== 0 || times === undefined) {
    throw new Error(`a command failed (exit status ${status}):\n${said.trim().slice(-2000)}`);
  }
  seen.delete(child.pid);
  const sampled = [...seen.values()].reduce((sum, process) => sum + process.cpu, 0);
  return {
    wall: times.wall,
    cpu: Math.max(times.user + times.system, sampled),
    megabytes: Math.max(0, ...[...seen.values()].map((process) => process.megabytes)),
    processes: seen.size,
  };
}

/** The script: its last line on standard error is `MEASURED wall user system`, in seconds. */
export function shellScript(lanes) {
  const bodies = lanes.map((commands, lane) => {
    const lines = commands.map((words) => `  ${words.map(quoted).join(' ')} || exit 1`);
    return `(\n${lines.join('\n')}\n) & lane${lane}=$!`;
  });
  const waits = lanes.map((_, lane) => `wait $lane${lane} || failed=1`);
  return [
    "TIMEFORMAT='MEASURED %3R %3U %3S'",
    'failed=0',
    'time {',
    ...bodies,
    ...waits,
    '}',
    'exit $failed',
    '',
  ].join('\n');
}

export function quoted(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

export function parseTimes(text) {
  const match = /^MEASURED (\S+) (\S+) (\S+)$/m.exec(text);
  if (match === null) return undefined;
  const [wall, user, system] = match.slice(1).map(Number);
  return { wall, user, system };
}

/** Notes what each process below this one has used up to now. */
async function sample(pid, seen) {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    // The name in parentheses may hold anything; user and system ticks are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const kilobytes = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    if (kilobytes > 0) {
      seen.set(pid, {
        cpu: (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_A_SECOND,
        megabytes: (kilobytes * 1024) / 1e6,
      });
    }
    const threads = await readdir(`/proc/${pid}/task`);
    const children = await Promise.all(
      threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8')),
    );
    const below = children.flatMap((text) => text.split(' ')).filter((word) => word.trim() !== '');
    await Promise.all(below.map((child) => sample(Number(child), seen)));
  } catch {
    // A process that ended meanwhile: what was noted of it before stays.
  }
}
