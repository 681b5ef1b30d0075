import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedSize, JOBS, outputName, presetText } from './jobs.js';
import { PEERS } from './peers.js';

test('a box keeps the shape, a square does not', () => {
  const [largest] = JOBS.A.variants;
  assert.deepEqual(expectedSize(largest, { width: 4272, height: 2848 }), { width: 2048, height: 1365 });
  assert.deepEqual(expectedSize(JOBS.A.variants.at(-1), { width: 9, height: 99 }), {
    width: 240,
    height: 240,
  });
});

test('the preset states encoder settings only where a job wants the same for all', () => {
  assert.match(presetText(JOBS.A), /\[generators\.w2048\]\n.*width = 2048.*\n.*effort = 6/);
  assert.match(presetText(JOBS.A), /fit = "cover", width = 240, height = 240, gravity = "smart"/);
  assert.doesNotMatch(presetText(JOBS.B), /effort|progressive|chroma/);
});

test('every program writes what the comparison looks for', () => {
  const sources = [{ path: '/photos/a b.jpg', stem: 'a b' }];
  const order = { job: JOBS.A, folder: '/photos', lanes: [sources], out: '/out', work: '/work' };
  const [convert] = PEERS.imagemagick.plan(order).lanes[0];
  for (const variant of JOBS.A.variants) {
    assert.ok(convert.includes(`/out/${outputName(variant, sources[0])}`), variant.name);
  }
  const thumbnails = PEERS.vipsthumbnail.plan(order).lanes[0];
  assert.equal(thumbnails.length, JOBS.A.variants.length);
  assert.ok(thumbnails[0].includes('/out/w2048/%s.webp[Q=80,strip,effort=4]'));
});

test('every job and target names known programs', () => {
  for (const job of Object.values(JOBS)) {
    const named = [...job.peers, ...job.targets.flatMap(({ peer }) => peer ?? [])];
    assert.deepEqual(named.filter((peer) => !Object.hasOwn(PEERS, peer)), []);
  }
});

test('the jobs of small pictures bring their own', () => {
  const own = Object.entries(JOBS).filter(([, job]) => job.pictures !== undefined);
  assert.deepEqual(own.map(([name, { pictures, variants }]) => [name, pictures.count * variants.length]), [
    ['D', 3000],
    ['E', 720],
  ]);
  for (const [, { variants, pictures }] of own) {
    assert.ok(variants.every(({ width }) => width < pictures.width), 'nothing is enlarged');
  }
});
