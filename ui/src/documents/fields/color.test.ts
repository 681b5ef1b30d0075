import { expect, test } from 'vitest';
import { formatColor, fromHsva, parseColor, toHsva } from './color';

test.each([
  ['#fff', '#ffffff'],
  ['#1e90ff', '#1e90ff'],
  ['#1E90FF80', '#1e90ff80'],
  ['#abcd', '#aabbccdd'],
  ['Teal', '#008080'],
  ['transparent', '#00000000'],
  ['1e90ff', '#1e90ff'],
])('%s is %s', (text, expected) => {
  const color = parseColor(text);
  expect(color && formatColor(color)).toBe(expected);
});

test.each(['', '#12', '#12345', 'bluish', '#ggg'])('%s is no colour', (text) => {
  expect(parseColor(text)).toBeNull();
});

test('there and back through hue, saturation and brightness nothing changes', () => {
  for (const text of [
    '#000000',
    '#ffffff',
    '#12343b',
    '#f6dca8',
    '#ff000080',
    '#00ff7f',
    '#8a2be2',
  ]) {
    const color = parseColor(text);
    expect(color && formatColor(fromHsva(toHsva(color)))).toBe(text);
  }
});
