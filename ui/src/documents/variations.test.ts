import { expect, test } from 'vitest';
import { inOrder, optionOf, variationOf, variationOptions, variationsOf } from './variations';

const widths = { variations: ['640', '1280', 'shop/square'] };
const themes = { variations: ['shop/square', 'shop/wide'] };

test('a generator without widths has its own size, and that comes first', () => {
  expect(variationsOf({ variations: [] })).toEqual([null]);
  expect(variationsOf(themes)).toEqual([null, 'shop/square', 'shop/wide']);
  expect(variationsOf(widths)).toEqual(['640', '1280', 'shop/square']);
});

test('without a choice, the first one is shown as chosen', () => {
  expect(optionOf(widths, null)).toBe('640');
  const [first] = variationOptions(themes, 'default size');
  expect(first).toEqual({ value: optionOf(themes, null), label: 'default size' });
  expect(optionOf(themes, 'shop/wide')).toBe('shop/wide');
});

test('a choice is what the program is asked for', () => {
  expect(variationOf(optionOf(themes, null))).toBeNull();
  expect(variationOf('shop/wide')).toBe('shop/wide');
});

test('the sizes of a theme stand as in its file, a new one after them', () => {
  const sizes = { '10': 1, fresh: 2, narrow: 3, wide: 4 };
  const names = inOrder(sizes, ['wide', '10', 'narrow']).map(([name]) => name);
  expect(names).toEqual(['wide', '10', 'narrow', 'fresh']);
});
