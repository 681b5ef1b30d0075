import assert from 'node:assert/strict';
import { test } from 'node:test';
import { psnr, sizeDistance } from './compare.js';
import { judge, median, outputNotes, summarize, tableText } from './report.js';

const outputs = (bytes) => ({ files: 1, bytes, missing: [], wrong: [], near: 0 });
const row = (title, cpu, bytes, score) => ({
  title,
  wall: cpu / 2,
  cpu,
  megabytes: 100,
  outputs: outputs(bytes),
  scores: { psnr: { mean: 40, least: 39 }, ssimulacra2: { mean: score, least: score - 5 } },
});
const rows = { cropmark: row('cropmark', 3, 101, 80), other: row('other', 10, 100, 79) };

test('medians and peaks', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  const rounds = [1, 5, 3].map((figure) => ({ wall: figure, cpu: figure * 2, megabytes: figure }));
  assert.deepEqual(summarize(rounds), { wall: 3, cpu: 6, megabytes: 5 });
});

test('targets are met at their limit and missed beyond it', () => {
  const met = (target) => judge([{ peer: 'other', ...target }], rows).map((verdict) => verdict.met);
  assert.deepEqual(met({ cpu: 0.3 }), [true]);
  assert.deepEqual(met({ cpu: 0.29 }), [false]);
  assert.deepEqual(met({ bytes: 1.02 }), [true]);
  assert.deepEqual(met({ bytes: 1 }), [false]);
  assert.deepEqual(met({ scores: true }), [true]);
  assert.deepEqual(met({ megabytes: 99 }), [false]);
  assert.deepEqual(judge([{ peer: 'absent', cpu: 1 }], rows), []);
});

test('the table has a line for each program and columns that stand under one another', () => {
  const lines = tableText(rows).split('\n');
  assert.equal(lines.length, 3);
  assert.equal(new Set(lines.map((line) => line.length)).size, 1);
});

test('missing and wrong files are told', () => {
  const told = outputNotes({
    other: { title: 'other', outputs: { ...outputs(1), missing: ['w640/a.jpg'], near: 2 } },
  });
  assert.equal(told.length, 2);
  assert.match(told[0], /other: missing files: 1, w640\/a\.jpg first/);
});

test('peak signal to noise of a known difference', () => {
  assert.equal(psnr(Buffer.from([1, 2, 3]), Buffer.from([1, 2, 3])), Infinity);
  assert.equal(psnr(Buffer.from([0, 0]), Buffer.from([255, 255])), 0);
  assert.ok(Math.abs(psnr(Buffer.alloc(4, 100), Buffer.alloc(4, 110)) - 28.131) < 0.001);
});

test('a pixel off is told from wrong', () => {
  assert.equal(sizeDistance({ width: 640, height: 427 }, { width: 640, height: 426 }), 1);
});
