import { expect, test } from 'vitest';
import { qualityEdits } from './quality';

const output = { generator: 'hero', own: {}, defaults: {}, formats: ['jpeg'] };
const path = ['generators', 'hero', 'output', 'quality'];

test('one format: a number', () => {
  expect(qualityEdits(output, 'jpeg', 60)).toEqual([{ kind: 'set', path, value: 60 }]);
  // The rule's own name for it is not a format.
  const source = { ...output, own: { quality: 80 }, formats: ['source'] };
  expect(qualityEdits(source, 'jpeg', 60)).toEqual([{ kind: 'set', path, value: 60 }]);
});

test('several formats: the others keep theirs', () => {
  const formats = ['avif', 'webp'];
  const value = (change: object) => qualityEdits({ ...output, formats, ...change }, 'avif', 50)[0];
  expect(value({})).toMatchObject({ path, value: { avif: 50 } });
  expect(value({ own: { quality: 80 } })).toMatchObject({ value: { avif: 50, webp: 80 } });
  expect(value({ defaults: { quality: 70 } })).toMatchObject({ value: { avif: 50, webp: 70 } });
  expect(value({ own: { quality: { webp: 80 } } })).toMatchObject({
    path: [...path, 'avif'],
    value: 50,
  });
});

test('a target score is removed: it would choose the quality', () => {
  const edits = qualityEdits({ ...output, own: { target_score: 80 } }, 'jpeg', 60);
  expect(edits[1]).toEqual({
    kind: 'remove',
    path: ['generators', 'hero', 'output', 'target_score'],
  });
});
