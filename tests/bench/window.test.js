import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colorsIn, orangeIn, readLayout } from './screen.js';
import { figuresText, gapsOf, isMet, measure, quantile, staleIn } from './window-figures.js';
import { readWindowOptions, STEPS } from './window-options.js';

test('all is measured unless steps are named, and these in their own order', () => {
  assert.deepEqual(readWindowOptions([]).steps, STEPS);
  assert.deepEqual(readWindowOptions(['slider', 'start']).steps, ['start', 'slider']);
  assert.equal(readWindowOptions(['--no-build', '--rounds', '2']).build, false);
  assert.throws(() => readWindowOptions(['zoom']), /no step "zoom"/);
  assert.throws(() => readWindowOptions(['--rounds', '0']), /--rounds takes a whole number/);
});

test('gaps and quantiles', () => {
  assert.equal(quantile([5, 1, 3], 0.5), 3);
  assert.equal(quantile([5, 1, 3], 1), 5);
  const gaps = gapsOf([16, 16, 17, 51, 50]);
  assert.deepEqual(gaps, { count: 5, middle: 17, p99: 51, longest: 51, long: 1 });
});

test('a target is met at its limit, judged at the median', () => {
  assert.ok(isMet(measure('a', [1, 150, 900], { limit: 150 })));
  assert.ok(!isMet(measure('a', [151], { limit: 150 })));
  assert.ok(isMet(measure('a', [1e9])));
  const table = figuresText([
    measure('click', [100, 300], { limit: 150 }),
    measure('frame', [16.04], { digits: 1 }),
  ]).split('\n');
  assert.match(table[1], /^click +100 +200 +300 +ms +150 +MISSED$/);
  assert.match(table[2], /^frame +16\.0 +16\.0 +16\.0 +ms$/);
});

test('a picture that is older than one before it is stale', () => {
  const order = new Map([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
  assert.equal(staleIn(['a', 'c', 'unknown', 'c'], order), 0);
  assert.equal(staleIn(['b', 'a', 'c', 'b', 'a'], order), 3);
});

test('the screen file and its colours', () => {
  const head = Buffer.alloc(100);
  [
    [0, 160],
    [11, 32],
    [12, 6400],
    [19, 256],
  ].forEach(([index, value]) => {
    head.writeUInt32BE(value, index * 4);
  });
  assert.deepEqual(readLayout(head), { offset: 160 + 256 * 12, stride: 6400 });
  head.writeUInt32BE(16, 44);
  assert.throws(() => readLayout(head), /16 bits/);
  const pixel = (red, green, blue) => [blue, green, red, 0];
  // Every fourth pixel counts.
  const row = Buffer.from(
    [
      [pixel(255, 120, 0), pixel(1, 1, 1), pixel(1, 1, 1), pixel(1, 1, 1)],
      [pixel(110, 163, 255), pixel(255, 120, 0), pixel(1, 1, 1), pixel(1, 1, 1)],
      [pixel(229, 180, 84)],
    ].flat(2),
  );
  assert.equal(orangeIn([row]), 1);
  assert.equal(colorsIn([row], 9), 3);
  assert.equal(colorsIn([row], 2), 2);
});
