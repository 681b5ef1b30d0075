// The files in assets/deploy: scripts have no errors of syntax, and manifests are what Kubernetes'
// schemas allow, where the validator is installed (pip install kubernetes-validate).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const FOLDER = 'assets/deploy';
const files = (ending) => readdirSync(FOLDER).filter((name) => name.endsWith(ending));
const read = (name) => readFileSync(`${FOLDER}/${name}`, 'utf8');

test('scripts have no errors of syntax', () => {
  const scripts = files('.sh');
  assert.ok(scripts.length > 0);
  for (const name of scripts) {
    const { status, stderr } = spawnSync('bash', ['-n', `${FOLDER}/${name}`], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
});

test('containers run without root, privileges and a disk that they could write to', () => {
  for (const name of files('.yaml').filter((name) => read(name).includes('containers:'))) {
    const text = read(name);
    for (const line of [
      'runAsNonRoot: true',
      'allowPrivilegeEscalation: false',
      'readOnlyRootFilesystem: true',
      'capabilities: { drop: [ALL] }',
      'seccompProfile: { type: RuntimeDefault }',
      'emptyDir: { medium: Memory',
    ]) {
      assert.ok(text.includes(line), `${name}: ${line}`);
    }
  }
  const last = read('Containerfile').split(/^FROM /m).at(-1);
  assert.match(last, /^USER 10001:10001$/m);
  assert.match(last, /CROPMARK_REQUIRE_SANDBOX=true/);
});

const validator = process.env.KUBERNETES_VALIDATE ?? 'kubernetes-validate';
const isThere = spawnSync(validator, ['--help']).status === 0;

test('manifests are what the schemas allow', { skip: !isThere && 'kubernetes-validate is missing' }, () => {
  const manifests = files('.yaml').map((name) => `${FOLDER}/${name}`);
  const { status, stdout, stderr } = spawnSync(validator, ['--strict', ...manifests], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});
