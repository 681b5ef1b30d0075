import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllowed, linkedCrates } from './notices.js';

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
