import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEngineOptions } from './engine-options.js';

test('without words every step is done', () => {
  const options = readEngineOptions([]);
  assert.deepEqual(options.steps, ['latency', 'soak', 'workers', 'memory']);
  assert.deepEqual([options.rounds, options.jobs, options.build], [3, 2000, true]);
});

test('steps and numbers are taken as given, wrong ones refused', () => {
  const options = readEngineOptions(['soak', '--jobs', '500', '--no-build']);
  assert.deepEqual([options.steps, options.jobs, options.build], [['soak'], 500, false]);
  assert.throws(() => readEngineOptions(['speed']), /no step "speed"/);
  assert.throws(() => readEngineOptions(['--rounds', '0']), /--rounds takes a whole number/);
});
