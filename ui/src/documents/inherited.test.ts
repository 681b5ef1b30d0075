import { expect, test } from 'vitest';
import type { Edit, JsonValue } from '@/api/bindings';
import { applyEdits, at } from './applyEdits';
import { extendedFiles, onTop, wholeValue, withCopiedLists } from './inherited';

const base: JsonValue & { [key: string]: JsonValue } = {
  defaults: { output: { quality: 70, effort: 2 } },
  generators: { hero: { operations: [{ op: 'resize', width: 1600 }, { op: 'flatten' }] } },
};

test('tables are merged by key, lists and single values replaced', () => {
  const own = {
    extends: ['brand.preset.toml'],
    defaults: { output: { quality: 80 } },
    generators: { hero: { widths: [1] } },
  };
  const whole = wholeValue({ inherited: base, value: own });
  expect(at(whole, ['defaults', 'output'])).toEqual({ quality: 80, effort: 2 });
  expect(at(whole, ['generators', 'hero'])).toEqual({
    ...(at(base, ['generators', 'hero']) as object),
    widths: [1],
  });
  expect(onTop({ a: [1, 2] }, { a: [3] })).toEqual({ a: [3] });
  expect(wholeValue({ inherited: null, value: own })).toBe(own);
  expect(extendedFiles(own)).toEqual(['brand.preset.toml']);
});

test('an inherited list is copied before a part of it is changed, once', () => {
  const document = { inherited: base, value: { generators: {} } };
  const list = ['generators', 'hero', 'operations'];
  const edits: Edit[] = [
    { kind: 'set', path: [...list, 0, 'width'], value: 900 },
    { kind: 'remove', path: [...list, 1] },
  ];
  const all = withCopiedLists(document, edits);
  expect(all).toHaveLength(3);
  expect(applyEdits(document.value, all)).toEqual({
    generators: { hero: { operations: [{ op: 'resize', width: 900 }] } },
  });
  expect(at(base, [...list, 0, 'width'])).toBe(1600);
  const whole: Edit[] = [{ kind: 'set', path: list, value: [] }];
  expect(withCopiedLists(document, whole)).toEqual(whole);
  const own = {
    inherited: base,
    value: { generators: { hero: { operations: [{ op: 'flip' }] } } },
  };
  expect(withCopiedLists(own, edits)).toEqual(edits);
});
