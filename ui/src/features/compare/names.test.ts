import { expect, test } from 'vitest';
import type { ActiveGenerator } from '@/state/view';
import { distinctName } from './names';

const one = (file: string, generator: string): ActiveGenerator => ({
  file,
  generator,
  variation: null,
  format: null,
});

test('a name that two preset files have is shown with its file', () => {
  const all = [
    one('a.preset.toml', 'web'),
    one('b.preset.toml', 'web'),
    one('b.preset.toml', 'card'),
  ];
  expect(all.map((entry) => distinctName(entry, all))).toEqual([
    'web · a.preset.toml',
    'web · b.preset.toml',
    'card',
  ]);
});
