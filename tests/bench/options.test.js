import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from './options.js';

test('without words, everything is measured', () => {
  const { jobs, peers, rounds, sources } = readOptions([]);
  assert.deepEqual(jobs, ['A', 'B', 'C', 'D', 'E']);
  assert.ok(peers.includes('cropmark') && peers.includes('floor'));
  assert.deepEqual([rounds, sources], [3, 40]);
});

test('words choose', () => {
  const options = readOptions(['--jobs', 'c,A', '--rounds', '1', '--scored', '0', '--json', 'x.json']);
  assert.deepEqual(options.jobs, ['A', 'C']);
  assert.deepEqual([options.rounds, options.scored, options.json], [1, 0, 'x.json']);
});

test('programs that are named are not built', () => {
  const { build, programs } = readOptions(['--programs', '/before']);
  assert.deepEqual([build, programs], [false, '/before']);
  assert.equal(readOptions([]).build, true);
});

test('wrong words are told', () => {
  assert.throws(() => readOptions(['--jobs', 'F']), /--jobs takes some of A, B, C, D, E, not "F"/);
  assert.throws(() => readOptions(['--rounds', '0']), /--rounds takes a whole number/);
  assert.throws(() => readOptions(['--peers', '']), /--peers takes some of/);
});
