import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeCalls, parseCounts } from './syscall-counts.js';

const TEXT = `        syscall     calls
--------------- ---------
      fdatasync        20
          futex      3100
          fsync        11
          write      4000
--------------- ---------
          total      7131
`;

test('counts are read, the most frequent first, without their sum', () => {
  const expected = [['write', 4000], ['futex', 3100], ['fdatasync', 20], ['fsync', 11]];
  assert.deepEqual([...parseCounts(TEXT)], expected);
  assert.deepEqual([...parseCounts('  calls syscall\n ----- -----\n  12 read\n  12 total\n')], [['read', 12]]);
});

test('calls that sync count together', () => {
  const verdicts = judgeCalls(parseCounts(TEXT), 100);
  assert.deepEqual(verdicts.map(({ met }) => met), [false, false]);
  assert.match(verdicts[1].text, /fsync a variant: 0\.31, at most 0\.3/);
  assert.deepEqual(judgeCalls(parseCounts(TEXT), 104).map(({ met }) => met), [true, true]);
});
