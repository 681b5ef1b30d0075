import { Text } from '@codemirror/state';
import { expect, test } from 'vitest';
import type { Asset } from '@/api/bindings';
import { problemsOf, warningsOf } from '@/documents/problems';
import { minimalChange } from './minimalChange';
import { headerOf, rangeOf } from './TextView';

test.each([
  ['abc', 'abc', null],
  ['quality = 80 # x', 'quality = 75 # x', { from: 10, to: 12, insert: '75' }],
  ['aa', 'aaa', { from: 2, to: 2, insert: 'a' }],
  ['aaa', 'aa', { from: 2, to: 3, insert: '' }],
  ['', 'x', { from: 0, to: 0, insert: 'x' }],
])('%j to %j', (former, now, expected) => {
  const change = minimalChange(former, now);
  expect(change).toEqual(expected);
  if (change) {
    expect(former.slice(0, change.from) + change.insert + former.slice(change.to)).toBe(now);
  }
});

test('columns count code points', () => {
  const doc = Text.of(['é😀 x = 1', 'y']);
  expect(rangeOf(doc, { line: 1, column: 4, length: 1 })).toEqual({ from: 4, to: 5 });
  expect(rangeOf(doc, { line: 9, column: 1, length: 0 })).toEqual({ from: 10, to: 11 });
});

test('a generator is found by its table, also in quotes or by its first key', () => {
  expect(headerOf('a = 1\n[generators.hero]\n', 'hero')).toBe(6);
  expect(headerOf('[generators."a.b"]\n', 'a.b')).toBe(0);
  expect(headerOf('[generators.hero.output]\n', 'hero')).toBe(0);
  expect(headerOf('[generators.heroine]\n', 'hero')).toBeNull();
  expect(headerOf('[generators]\nhero.eager = true\n', 'hero')).toBe(13);
});

test('an overlay whose file is not below the preset is a problem, with its place', () => {
  const text =
    'version = 1\n[generators.a]\noperations = [{ op = "overlay", image = "brand/no.png" }]\n';
  const overlay = { op: 'overlay', image: 'brand/no.png' };
  const document = {
    file: 'shop/web.preset.toml',
    text,
    value: { generators: { a: { operations: [overlay] } } },
    problems: [],
  };
  const asset = (path: string) => ({ path }) as Asset;
  const [problem, ...others] = problemsOf(document, [asset('brand/no.png')]);
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ line: 3, column: 41, length: 14, generator: 'a' });
  expect(problemsOf(document, [asset('shop/brand/no.png')])).toEqual([]);
  expect(problemsOf(document, null)).toEqual([]);
  const off = { generators: { a: { operations: [{ ...overlay, enabled: false }] } } };
  expect(problemsOf({ ...document, value: off }, [])).toEqual([]);
});

test('a font that is not installed is a warning, and says what is used instead', () => {
  const fonts = [
    'Brandon Bold',
    'Sans Bold',
    'Open Sans Semi-Bold Italic 12',
    'arial black',
    '{face}',
  ];
  const steps = fonts.map((font) => ({ op: 'text', text: 'a', font }));
  const document = {
    ...{ file: 'web.preset.toml', inherited: null, warnings: [] },
    text: `version = 1\n${fonts.map((font) => `font = "${font}"`).join('\n')}\n`,
    value: { generators: { a: { operations: steps } } },
  };
  const families = ['Inter', 'Open Sans', 'Arial Black'];
  expect(warningsOf(document, families)).toEqual([
    {
      ...{ line: 2, column: 8, length: 14, generator: 'a', fix: null },
      message: 'Font “Brandon Bold” is not installed; Inter is used.',
    },
  ]);
  expect(warningsOf(document, null)).toEqual([]);
});
