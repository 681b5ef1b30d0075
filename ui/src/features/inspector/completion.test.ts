import { expect, test } from 'vitest';
import type { JsonValue } from '@/api/bindings';
import bindings from '@/api/bindings/schema.json';
import { completionsAt } from './completion';

const schema = bindings as unknown as JsonValue;
const labels = (text: string, explicit = true) =>
  completionsAt(schema, text, explicit)?.options.map(({ label }) => label) ?? [];

test('keys of a generator, of its tables and of its steps', () => {
  expect(labels('[generators.hero]\n')).toEqual(expect.arrayContaining(['widths', 'match']));
  expect(labels('[generators.hero]\noutput = { ')).toContain('max_bytes');
  expect(labels('[generators.hero.output]\nqua')).toContain('quality');
  expect(labels('[defaults.output]\n')).toContain('metadata');
  const step =
    '[generators."a b"]\noperations = [\n  { op = "resize", width = 3 },\n  { op = "text", ';
  expect(labels(step)).toEqual(expect.arrayContaining(['font', 'enabled']));
  expect(labels(step)).not.toContain('op');
  expect(labels(step)).not.toContain('kernel');
  expect(labels('[themes.a]\ngenerator = "x"\nvariations.small = { ')).toContain('crop');
});

test('keys that are there already are not offered again', () => {
  expect(labels('[generators.hero.output]\nquality = 80\n')).not.toContain('quality');
});

test('words: operations, enums and formats, in quotes where there are none', () => {
  expect(labels('[generators.a]\noperations = [ { op = "')).toHaveLength(23);
  expect(labels('[generators.a]\noperations = [{ op = "resize", fit = "co')).toContain('contain');
  expect(labels('[generators.a.output]\nformat = ["avif", "w')).toContain('webp');
  expect(labels('[generators.a]\neager = ')).toEqual(['true', 'false']);
  const [first] = completionsAt(schema, '[generators.a.output]\ncolor = ', true)?.options ?? [];
  expect(first).toMatchObject({ label: 'srgb', apply: '"srgb"' });
});

test('nothing in comments, and keys while typing only after a letter', () => {
  expect(labels('[generators.a]\n# out')).toEqual([]);
  expect(labels('[generators.a]\n', false)).toEqual([]);
  expect(labels('[generators.a]\nou', false)).toContain('output');
  expect(labels('[generators.a]\ndescription = "a # b", ou')).not.toEqual(undefined);
});
