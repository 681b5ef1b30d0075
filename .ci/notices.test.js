import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowed, linkedCrates, linkedPackages } from './notices.js';

const allowed = new Set(['MIT', 'Zlib', 'Apache-2.0 WITH LLVM-exception']);

test('licence expressions', () => {
  const verdicts = {
    MIT: true,
    'GPL-3.0': false,
    'GPL-3.0 OR MIT': true,
    'GPL-3.0/MIT': true,
    'MIT AND GPL-3.0': false,
    '(GPL-3.0 OR MIT) AND Zlib': true,
    '(MIT OR Zlib) AND GPL-3.0': false,
    'MIT OR GPL-3.0 AND GPL-2.0': true,
    'Apache-2.0 WITH LLVM-exception': true,
    'Apache-2.0': false,
    '': false,
  };
  for (const [expression, verdict] of Object.entries(verdicts)) {
    assert.equal(isAllowed(expression, allowed), verdict, expression);
  }
});

test('what a build script compiles in is linked', () => {
  const own = { id: 'own', name: 'own', version: '1' };
  const sources = { id: 'sources', name: 'jpegxl-src', version: '1' };
  const deps = [{ pkg: 'sources', dep_kinds: [{ kind: 'build' }] }];
  const crates = linkedCrates({
    workspace_members: ['own'],
    packages: [own, sources],
    resolve: { nodes: [{ id: 'own', deps }, { id: 'sources', deps: [] }] },
  });
  assert.deepEqual(crates, [sources]);
});

test('what only builds or tests is not linked', () => {
  const dependency = (pkg, kind) => ({ pkg, dep_kinds: [{ kind }] });
  const crate = (id) => ({ id, name: id, version: '1' });
  const crates = linkedCrates({
    workspace_members: ['own'],
    packages: ['own', 'linked', 'deeper', 'builds', 'tests'].map(crate),
    resolve: {
      nodes: [
        { id: 'own', deps: [dependency('linked', null), dependency('builds', 'build')] },
        { id: 'linked', deps: [dependency('deeper', null), dependency('tests', 'dev')] },
        { id: 'deeper', deps: [] },
      ],
    },
  });
  assert.deepEqual(crates.map(({ name }) => name), ['deeper', 'linked']);
});

test('what builds or tests the page is not in it', () => {
  const lock = {
    packages: {
      '': { name: 'own' },
      'node_modules/shown': { version: '1.0.0', license: 'MIT' },
      'node_modules/shown/node_modules/@some/deeper': { version: '2.0.0', license: 'ISC' },
      'node_modules/builds': { version: '3.0.0', license: 'MIT', dev: true },
      'node_modules/library': { version: '4.0.0', license: 'LGPL-3.0', optional: true },
    },
  };
  const found = linkedPackages(lock, () => ({ author: 'Somebody', repository: { url: 'home' } }));
  assert.deepEqual(found.map(({ name }) => name), ['shown', '@some/deeper']);
  assert.equal(found[1].license, 'ISC');
});
