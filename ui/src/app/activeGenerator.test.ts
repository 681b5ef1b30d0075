import { expect, test } from 'vitest';
import type { PresetFile } from '@/api/bindings';
import { nextActive } from './activeGenerator';

const preset = (formats: string[], broken = false) =>
  [
    {
      file: 'web',
      generators: [{ name: 'hero', formats, broken, variations: [], eager: false }],
    },
  ] as unknown as PresetFile[];
const active = { file: 'web', generator: 'hero', variation: null, format: 'webp' };

test('a format that the rule no longer writes is not in sight any more', () => {
  expect(nextActive(active, 0, preset(['webp', 'jpeg']))).toBe(active);
  expect(nextActive(active, 0, preset(['jpeg']))).toEqual({ ...active, format: null });
  // The source's own format may be it; and while the rule is broken, nothing is known.
  expect(nextActive(active, 0, preset(['source']))).toBe(active);
  expect(nextActive(active, 0, preset([], true))).toBe(active);
});
