// What a preset says together with the files that it extends.
import type { Document, Edit, JsonValue, Step } from '@/api/bindings';
import { at, isTable } from './applyEdits';

/** A value on top of another: tables are merged key by key, all else is replaced. */
export function onTop(base: JsonValue | undefined, own: JsonValue | undefined): JsonValue {
  if (own === undefined) return base ?? null;
  if (!isTable(base) || !isTable(own)) return own;
  const merged = { ...base };
  for (const [key, value] of Object.entries(own)) merged[key] = onTop(base[key], value);
  return merged;
}

/** All that holds for a preset: what it says, on top of what it inherits. */
export const wholeValue = ({ inherited, value }: Pick<Document, 'inherited' | 'value'>) =>
  isTable(inherited) ? onTop(inherited, value) : value;

/** The files that a preset extends, as it names them. */
export function extendedFiles(value: JsonValue): string[] {
  const files = at(value, ['extends']);
  return Array.isArray(files) ? files.map(String) : [];
}

/**
 * Edits with the lists copied first that they change and that are inherited as a whole: a list of the
 * preset replaces the inherited one.
 */
export function withCopiedLists(
  { inherited, value }: Pick<Document, 'inherited' | 'value'>,
  edits: readonly Edit[],
): Edit[] {
  const copied = new Set<string>();
  return edits.flatMap((edit) => {
    const path = listIn(edit);
    const key = JSON.stringify(path);
    if (!path || copied.has(key) || at(value, path) !== undefined) return [edit];
    const list = at(inherited, path);
    if (!Array.isArray(list)) return [edit];
    copied.add(key);
    return [{ kind: 'set' as const, path, value: list }, edit];
  });
}

/** The path of a generator's list that an edit changes a part of. */
function listIn({ kind, path }: Edit): Step[] | null {
  if (path[0] !== 'generators' || !['operations', 'widths'].includes(String(path[2]))) return null;
  const isPart = path.length > 3 || kind === 'insert' || kind === 'move';
  return isPart ? path.slice(0, 3) : null;
}
