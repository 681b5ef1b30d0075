// The program's list of edits, with the values before and after.
import { describe, expect, it } from 'vitest';
import type { Edit, JsonValue } from '@/api/bindings';
import golden from '../../../src-tauri/crates/preset-edit/golden/edits.json';
import { applyEdits, isTable } from './applyEdits';

interface Golden {
  texts: Record<string, { value: JsonValue }>;
  cases: { name: string; before: string; edits: Edit[]; after?: { value: JsonValue } }[];
}
const { texts, cases } = golden as unknown as Golden;

/** Without empty tables and lists: a text may not say them. */
function filled(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.length > 0 ? value : undefined;
  if (!isTable(value)) return value;
  const pairs = Object.entries(value).flatMap(([key, one]) => {
    const kept = filled(one);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

describe("the page's edits are the program's", () => {
  it.each(cases)('$name', ({ before, edits, after }) => {
    const value = texts[before]?.value ?? null;
    const edited = applyEdits(value, edits);
    expect(filled(edited)).toEqual(filled(after ? after.value : value));
  });

  it('has edits of every kind', () => {
    const kinds = cases.flatMap(({ edits }) => edits.map(({ kind }) => kind));
    expect(new Set(kinds).size).toBe(9);
  });
});
