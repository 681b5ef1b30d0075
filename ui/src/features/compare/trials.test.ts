import { expect, test } from 'vitest';
import { formatTrials, qualityTrials, sizeTrials } from './trials';

const active = { file: 'web', generator: 'hero', variation: null, format: null };
const path = ['generators', 'hero', 'output', 'format'];
const writes = ['jpeg', 'png', 'webp', 'avif', 'gif'];
const photo = { active, writes, alpha: false, source: 'jpeg' };

test('a rule with one format: each other one can be used in its place', () => {
  const trials = formatTrials({ ...photo, rule: ['jpeg'] });
  expect(trials.map(({ value }) => value)).toEqual(['jpeg', 'webp', 'avif']);
  expect(trials[0]).toEqual({ value: 'jpeg', active, edits: [], choice: null });
  const edits = [{ kind: 'set', path, value: 'webp' }];
  expect(trials[1]).toEqual({
    ...{ value: 'webp', active: { ...active, format: 'webp' }, edits },
    choice: { kind: 'use', edits, active },
  });
});

test('a rule with several formats: one of them alone, or one more', () => {
  const rule = ['avif', 'webp'];
  const trials = formatTrials({ ...photo, rule, active: { ...active, format: 'webp' } });
  const of = (name: string) => trials.find(({ value }) => value === name);
  expect(of('avif')).toMatchObject({ edits: [], active: { format: 'avif' } });
  expect(of('avif')?.choice).toMatchObject({ kind: 'only', edits: [{ value: 'avif' }] });
  expect(of('jpeg')?.edits).toEqual([{ kind: 'set', path, value: 'jpeg' }]);
  expect(of('jpeg')?.choice).toEqual({
    kind: 'add',
    edits: [{ kind: 'set', path, value: ['avif', 'webp', 'jpeg'] }],
    active: { ...active, format: 'jpeg' },
  });
});

test('PNG is offered for pictures with alpha, the rule’s formats always, others if they can be written', () => {
  const names = (change: object) =>
    formatTrials({ ...photo, rule: ['gif'], ...change }).map(({ value }) => value);
  expect(names({ alpha: true })).toEqual(['jpeg', 'webp', 'avif', 'png', 'gif']);
  expect(names({ writes: ['jpeg', 'jxl'] })).toEqual(['jpeg', 'jxl', 'gif']);
  // The source's own format is there once.
  expect(names({ rule: ['source'] })).toEqual(['webp', 'avif', 'source']);
});

test('qualities around the rule’s stay between 1 and 100', () => {
  const editsFor = (quality: number) => [
    { kind: 'set' as const, path: ['quality'], value: quality },
  ];
  const values = (quality: number) =>
    qualityTrials({ active, quality, editsFor }).map(({ value }) => value);
  expect(values(70)).toEqual(['54', '62', '70', '78', '86']);
  expect(values(96)).toEqual(['80', '88', '96', '100']);
  expect(values(5)).toEqual(['1', '5', '13', '21']);
  const [lowest, , own] = qualityTrials({ active, quality: 70, editsFor });
  expect(lowest?.edits).toEqual(editsFor(54));
  expect(own).toEqual({ value: '70', active, edits: [], choice: null });
});

test('sizes edit nothing: they are shown', () => {
  const trials = sizeTrials(active, { variations: ['640', '1280', 'travel/square'] }, 'Own size');
  expect(trials.map(({ value, choice }) => [value, choice?.kind])).toEqual([
    ['640', undefined],
    ['1280', 'show'],
    ['travel/square', 'show'],
  ]);
  expect(trials.every(({ edits }) => edits.length === 0)).toBe(true);
  expect(sizeTrials(active, { variations: ['a/b'] }, 'Own size')[0]?.value).toBe('Own size');
});
