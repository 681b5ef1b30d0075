import { expect, test } from 'vitest';
import { optionOf, variationOf, variationOptions, variationsOf } from './variations';

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
