import { expect, test } from 'vitest';
import { isSlow, outputOf } from './slow';

test('what a generator leaves out comes from the defaults', () => {
  const value = {
    defaults: { output: { quality: 70, format: 'avif' } },
    generators: { a: { output: { quality: 50 } }, b: 3 },
  };
  expect(outputOf(value, 'a')).toEqual({ quality: 50, format: 'avif' });
  expect(outputOf(value, 'b')).toEqual({ quality: 70, format: 'avif' });
  expect(outputOf(null, 'a')).toEqual({});
});

test.each([
  [{ format: 'jpeg' }, null, null, false],
  [{ format: 'jpeg', max_bytes: 9000 }, null, null, true],
  [{ format: 'jpeg', target_score: 80 }, null, null, true],
  [{ format: 'avif' }, null, null, true],
  [{ format: ['jpeg', 'avif'] }, null, null, false],
  [{ format: ['jpeg', 'avif'] }, 'avif', null, true],
  [{ format: 'smallest' }, null, null, true],
  [{ format: 'webp' }, null, null, true],
  [{ format: 'webp', effort: 2 }, null, null, false],
  [{}, null, 'avif', true],
  [{}, null, 'png', false],
  [{ format: 'source' }, 'source', null, false],
])('%j as %s of a %s is slow: %s', (output, format, source, slow) => {
  expect(isSlow(output, format, source)).toBe(slow);
});
