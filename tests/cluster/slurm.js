// A Slurm of one node, this computer, with ports, keys and folders of its own.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../e2e/freePort.js';
import { run } from './work.js';

/** Starts it in a folder. Returns the environment of its commands, and what ends it. */
export async function startSlurm(folder) {
  const at = (name) => join(folder, name);
  for (const name of ['state', 'spool']) mkdirSync(at(name));
  writeFileSync(at('munge.key'), randomBytes(1024), { mode: 0o600 });
  chmodSync(folder, 0o755);
  const host = hostname();
  const [controller, node] = [await freePort(), await freePort()];
  const settings = {
    ClusterName: 'cropmark',
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmctldPort: controller,
    SlurmdPort: node,
    SlurmUser: 'root',
    AuthType: 'auth/munge',
    AuthInfo: `socket=${at('munge.socket')}`,
    CredType: 'cred/munge',
    MpiDefault: 'none',
    ProctrackType: 'proctrack/pgid',
    TaskPlugin: 'task/none',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_Core',
    StateSaveLocation: at('state'),
    SlurmdSpoolDir: at('spool'),
    SlurmctldPidFile: at('slurmctld.pid'),
    SlurmdPidFile: at('slurmd.pid'),
    ReturnToService: 2,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  lines.push(`NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN`);
  lines.push(`PartitionName=all Nodes=${host} Default=YES MaxTime=INFINITE State=UP`);
  writeFileSync(at('slurm.conf'), `${lines.join('\n')}\n`);

  const env = { ...process.env, SLURM_CONF: at('slurm.conf') };
  const daemons = [];
  const daemon = (name, program, words) => {
    const log = openSync(at(`${name}.log`), 'w');
    daemons.push(spawn(program, words, { env, stdio: ['ignore', log, log] }));
  };
  const end = async () => {
    for (const child of daemons.reverse()) {
      if (child.exitCode !== null) continue;
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    }
  };
  const own = ['key-file=munge.key', 'socket=munge.socket', 'pid-file=munge.pid'];
  const files = [...own, 'seed-file=munge.seed', 'log-file=munge.log'];
  const words = files.map((file) => `--${file.replace('=', `=${folder}/`)}`);
  daemon('munged', '/usr/sbin/munged', ['--foreground', '--force', ...words]);
  try {
    await until(() => run('munge', ['--no-input', '-S', at('munge.socket')], { env }), 'munge');
    daemon('slurmctld', '/usr/sbin/slurmctld', ['-D']);
    daemon('slurmd', '/usr/sbin/slurmd', ['-D', '-N', host]);
    await until(async () => {
      const { stdout } = await run('sinfo', ['--noheader', '--format=%T'], { env });
      if (stdout.trim() !== 'idle') throw new Error(stdout);
    }, 'a node that is idle');
  } catch (error) {
    await end();
    throw error;
  }
  return { env, end };
}

/** Waits until what is done does not fail. */
async function until(work, what) {
  const last = Date.now() + 60_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > last) throw new Error(`waited a minute in vain for ${what}: ${error}`);
      await pause(200);
    }
  }
}
