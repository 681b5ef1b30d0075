// The program's edits made on a value in the page, so that a control follows the hand at once.
// The program and the page run one list of edits: crates/preset-edit/golden/edits.json.
import type { Edit, JsonValue, Step } from '@/api/bindings';

type Table = { [key: string]: JsonValue };

/** What an edit that the program will refuse comes to. */
const REFUSED = Symbol('refused');
type Edited = JsonValue | typeof REFUSED;

/** The value with these edits made: all of them, or none where the program will refuse one. */
export function applyEdits(value: JsonValue, edits: readonly Edit[]): JsonValue {
  let edited = value;
  for (const edit of edits) {
    const next = applyEdit(edited, edit);
    if (next === REFUSED) return value;
    edited = next;
  }
  return edited;
}

function applyEdit(value: JsonValue, edit: Edit): Edited {
  switch (edit.kind) {
    case 'set':
    case 'import':
      return hasNull(edit.value) ? REFUSED : set(value, edit.path, edit.value);
    case 'remove':
    case 'remove_with_comments':
      return remove(value, edit.path);
    case 'insert': {
      if (hasNull(edit.value)) return REFUSED;
      const list = at(value, edit.path);
      if (list === undefined) return set(value, edit.path, [edit.value]);
      return Array.isArray(list)
        ? set(value, edit.path, list.toSpliced(edit.index, 0, edit.value))
        : REFUSED;
    }
    case 'move': {
      const list = at(value, edit.path);
      return Array.isArray(list) && edit.to < list.length && edit.from < list.length
        ? set(value, edit.path, moved(list, edit.from, edit.to))
        : REFUSED;
    }
    case 'rename':
      return rename(value, edit.path, edit.to);
    case 'duplicate': {
      const copy = at(value, edit.path);
      const to = sibling(edit.path, edit.to);
      return to && isTable(copy) && at(value, to) === undefined ? set(value, to, copy) : REFUSED;
    }
    case 'reorder': {
      // The order of keys is the text's alone.
      const before = edit.before === null ? edit.path : sibling(edit.path, edit.before);
      const areThere = [edit.path, before].every((path) => path && at(value, path) !== undefined);
      return areThere ? value : REFUSED;
    }
  }
}

function set(value: JsonValue | undefined, path: readonly Step[], made: JsonValue): Edited {
  const [step, ...rest] = path;
  if (step === undefined) return made;
  if (typeof step === 'number') {
    if (!Array.isArray(value) || step >= value.length) return REFUSED;
    const inner = set(value[step], rest, made);
    return inner === REFUSED ? REFUSED : value.with(step, inner);
  }
  const table = value ?? {};
  if (!isTable(table)) return REFUSED;
  const inner = set(own(table, step), rest, made);
  return inner === REFUSED ? REFUSED : { ...table, [step]: inner };
}

function remove(value: JsonValue, path: readonly Step[]): Edited {
  const last = path.at(-1);
  const parent = at(value, path.slice(0, -1));
  if (last === undefined || at(value, path) === undefined) return REFUSED;
  if (Array.isArray(parent))
    return set(value, path.slice(0, -1), parent.toSpliced(Number(last), 1));
  return isTable(parent) ? set(value, path.slice(0, -1), without(parent, last)) : REFUSED;
}

function rename(value: JsonValue, path: readonly Step[], to: string): Edited {
  const parent = at(value, path.slice(0, -1));
  const last = path.at(-1);
  if (!isTable(parent) || typeof last !== 'string' || own(parent, last) === undefined) {
    return REFUSED;
  }
  if (last === to) return value;
  if (own(parent, to) !== undefined) return REFUSED;
  const pairs = Object.entries(parent).map(([key, one]) => [key === last ? to : key, one] as const);
  const renamed = set(value, path.slice(0, -1), Object.fromEntries(pairs));
  const isGenerator = path.length === 2 && path[0] === 'generators';
  return isGenerator && renamed !== REFUSED ? inThemes(renamed, last, to) : renamed;
}

/** The value with another name of a generator in the themes that vary it. */
function inThemes(value: JsonValue, generator: string, to: string): JsonValue {
  const themes = at(value, ['themes']);
  if (!isTable(value) || !isTable(themes)) return value;
  const pairs = Object.entries(themes).map(([name, theme]) => {
    const follows = isTable(theme) && own(theme, 'generator') === generator;
    return [name, follows ? { ...theme, generator: to } : theme] as const;
  });
  return { ...value, themes: Object.fromEntries(pairs) };
}

const moved = (list: JsonValue[], from: number, to: number): JsonValue[] =>
  list.toSpliced(from, 1).toSpliced(to, 0, ...list.slice(from, from + 1));

const without = (table: Table, key: Step): Table =>
  Object.fromEntries(Object.entries(table).filter(([name]) => name !== String(key)));

/** The path to another key of the same table. */
const sibling = (path: readonly Step[], key: string): Step[] | null =>
  typeof path.at(-1) === 'string' ? [...path.slice(0, -1), key] : null;

const hasNull = (value: JsonValue): boolean =>
  value === null ||
  (typeof value === 'object' && Object.values(value).some((it) => hasNull(it ?? null)));

/** A table's own value of a key: not what every object has, such as `constructor`. */
const own = (table: Table, key: string): JsonValue | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** What stands at a path. */
export function at(value: JsonValue | undefined, path: readonly Step[]): JsonValue | undefined {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') here = here[step];
    else if (isTable(here)) here = own(here, String(step));
    else return undefined;
  }
  return here;
}

export const isTable = (value: JsonValue | undefined): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
