// The rules of the code base: dependencies between the project's own crates point one way, and
// dangerous calls are in one place each.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const words = ['metadata', '--format-version', '1', '--no-deps', '--locked'];
const { packages } = JSON.parse(execFileSync('cargo', words, { encoding: 'utf8', maxBuffer: 2 ** 28 }));

/** Which crates of ours a crate may use. */
const MAY_USE = {
  'cropmark-rules': [],
  'cropmark-wire': [],
  'cropmark-jxl-encoder': [],
  'cropmark-preset-edit': [],
  'cropmark-exchange': ['cropmark-rules'],
  'cropmark-faces': [],
  'cropmark-worker': [
    'cropmark-faces',
    'cropmark-jxl-encoder',
    'cropmark-rules',
    'cropmark-wire',
  ],
  'cropmark-store': ['cropmark-rules'],
  'cropmark-engine': ['cropmark-rules', 'cropmark-store', 'cropmark-wire'],
  'cropmark-serve': ['cropmark-engine', 'cropmark-exchange', 'cropmark-rules', 'cropmark-store'],
  'cropmark-api': ['cropmark-engine', 'cropmark-preset-edit', 'cropmark-rules', 'cropmark-store'],
  'cropmark-studio': ['cropmark-api'],
  cropmark: [
    'cropmark-engine',
    'cropmark-exchange',
    'cropmark-rules',
    'cropmark-serve',
    'cropmark-store',
  ],
};

/** Crates of others that only one of ours may link. */
const ONE_DOOR = {
  libvips: 'cropmark-worker',
  image: 'cropmark-worker',
  rusqlite: 'cropmark-store',
  notify: 'cropmark-engine',
  reqwest: 'cropmark-engine',
};

const linked = ({ dependencies }) =>
  dependencies.filter(({ kind }) => kind === null).map(({ name }) => name);

test('dependencies point one way', () => {
  assert.deepEqual(packages.map(({ name }) => name).sort(), Object.keys(MAY_USE).sort());
  for (const crate of packages) {
    const own = linked(crate).filter((name) => name in MAY_USE);
    const wrong = own.filter((name) => !MAY_USE[crate.name].includes(name));
    assert.deepEqual(wrong, [], `${crate.name} must not use them`);
  }
});

test('pixels, SQL, watching and fetching are each behind one door', () => {
  for (const [name, door] of Object.entries(ONE_DOOR)) {
    const users = packages.filter((crate) => linked(crate).includes(name)).map((crate) => crate.name);
    assert.deepEqual(users, [door], `${name} is for ${door} alone`);
  }
});

/**
 * What only these files may say, tests aside. Clippy's `disallowed-methods` knows no exception for
 * tests, which say most of it freely.
 */
const DOORS = {
  'processes are started in few places': {
    said: /\bCommand::new\(/,
    by: [
      'crates/cli/src/diff/git.rs',
      'crates/engine/src/core/pool/process.rs',
      'crates/worker/src/os/sandbox/probe.rs',
    ],
  },
  'files get their names from the atomic writer': {
    said: /\bfs::(write|rename)\(|\bFile::create(_new)?\(|\b(os::rename|renameat)\w*\(/,
    by: [
      'crates/api/src/profile.rs',
      'crates/store/src/atomic/mod.rs',
      'crates/store/src/database/connect.rs',
      'crates/store/src/os/unix.rs',
      'crates/store/src/recover.rs',
      'crates/store/src/trust_key.rs',
      'crates/worker/src/os/sandbox/probe.rs',
    ],
  },
  'queues without a bound are those that the engine answers': {
    said: /\bunbounded_channel\(/,
    by: [
      'crates/engine/src/core/dispatcher/start.rs',
      'crates/engine/src/core/engine.rs',
      'crates/engine/src/run/handle.rs',
    ],
  },
};

/** The sources that are shipped, by their paths, without the tests in them. */
function shipped() {
  const of = (folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.rs') && !/(^|\/)tests(\.rs|\/)|_tests\.rs$|testing\.rs$/.test(name))
      .map((name) => `${folder}/${name}`);
  const crates = readdirSync('src-tauri/crates').map((name) => `src-tauri/crates/${name}/src`);
  return ['src-tauri/src', ...crates].flatMap(of).map((path) => {
    const [text] = readFileSync(path, 'utf8').split(/#\[cfg\(test\)\]\nmod \w+ \{/);
    return { path: path.replace('src-tauri/', ''), text };
  });
}

test('only the commands see the studio', () => {
  const inApi = shipped().filter(({ path }) => path.startsWith('crates/api/src/'));
  const users = inApi.filter(({ text }) => /(?<!::)\bStudio\b/.test(text.replace(/\/\/.*/g, '')));
  const others = users
    .map(({ path }) => path.replace('crates/api/src/', ''))
    .filter((path) => !path.startsWith('commands/') && !['lib.rs', 'studio.rs'].includes(path));
  assert.ok(users.length > 3, 'the commands are found');
  assert.deepEqual(others, [], 'what commands call gets the parts of the workspace');
});

test('what is dangerous is said in few places', () => {
  const files = shipped();
  assert.ok(files.length > 300, 'the sources are there');
  for (const [rule, { said, by }] of Object.entries(DOORS)) {
    const speakers = files.filter(({ text }) => said.test(text)).map(({ path }) => path);
    assert.deepEqual(speakers.sort(), by, rule);
  }
});
