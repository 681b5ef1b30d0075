// The house's rule: dependencies between the project's own crates point one way, and what is
// dangerous is behind one door.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const words = ['metadata', '--format-version', '1', '--no-deps', '--locked'];
const { packages } = JSON.parse(execFileSync('cargo', words, { encoding: 'utf8', maxBuffer: 2 ** 28 }));

/** Which crates of ours a crate may use. */
const MAY_USE = {
  'cropmark-rules': [],
  'cropmark-wire': [],
  'cropmark-worker': ['cropmark-rules', 'cropmark-wire'],
  'cropmark-store': ['cropmark-rules'],
  'cropmark-engine': ['cropmark-rules', 'cropmark-store', 'cropmark-wire'],
  'cropmark-api': ['cropmark-engine', 'cropmark-rules', 'cropmark-store'],
  'cropmark-studio': ['cropmark-api'],
  cropmark: ['cropmark-engine', 'cropmark-rules', 'cropmark-store'],
};

/** Crates of others that only one of ours may link. */
const ONE_DOOR = {
  libvips: 'cropmark-worker',
  image: 'cropmark-worker',
  rusqlite: 'cropmark-store',
  notify: 'cropmark-engine',
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

test('pixels, SQL and watching are each behind one door', () => {
  for (const [name, door] of Object.entries(ONE_DOOR)) {
    const users = packages.filter((crate) => linked(crate).includes(name)).map((crate) => crate.name);
    assert.deepEqual(users, [door], `${name} is for ${door} alone`);
  }
});
