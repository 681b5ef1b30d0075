// The program's edits made on a value in the page, so that a control follows the hand at once.
import type { Edit, JsonValue, Step } from '@/api/bindings';

/** The value with these edits made; an edit that does not fit leaves it as it is. */
export function applyEdits(value: JsonValue, edits: readonly Edit[]): JsonValue {
  return edits.reduce(applyEdit, value);
}

function applyEdit(value: JsonValue, edit: Edit): JsonValue {
  switch (edit.kind) {
    case 'set':
    case 'adopt':
      return change(value, edit.path, () => edit.value);
    case 'remove':
    case 'give':
      return change(value, edit.path, () => undefined);
    case 'insert':
      return change(value, edit.path, (list) => {
        if (list !== undefined && !Array.isArray(list)) return list;
        const elements = list ?? [];
        return [...elements.slice(0, edit.index), edit.value, ...elements.slice(edit.index)];
      });
    case 'move':
      return change(value, edit.path, (list) => (Array.isArray(list) ? moved(list, edit) : list));
    case 'rename': {
      const last = edit.path.at(-1);
      return change(value, edit.path.slice(0, -1), (parent) =>
        isTable(parent)
          ? Object.fromEntries(
              Object.entries(parent).map(([key, one]) => [key === last ? edit.to : key, one]),
            )
          : parent,
      );
    }
    case 'duplicate': {
      const copy = at(value, edit.path);
      return change(value, [...edit.path.slice(0, -1), edit.to], () => copy);
    }
    case 'reorder':
      // The order of keys is the text's alone.
      return value;
  }
}

function moved(list: JsonValue[], { from, to }: { from: number; to: number }): JsonValue[] {
  const others = list.filter((_, index) => index !== from);
  const element = list[from];
  return element === undefined ? list : [...others.slice(0, to), element, ...others.slice(to)];
}

function change(
  value: JsonValue | undefined,
  path: readonly Step[],
  make: (value: JsonValue | undefined) => JsonValue | undefined,
): JsonValue {
  const changed = changeWithin(value, path, make);
  return changed === undefined ? null : changed;
}

function changeWithin(
  value: JsonValue | undefined,
  [step, ...rest]: readonly Step[],
  make: (value: JsonValue | undefined) => JsonValue | undefined,
): JsonValue | undefined {
  if (step === undefined) return make(value);
  if (typeof step === 'number') {
    if (!Array.isArray(value) || step >= value.length) return value;
    const element = changeWithin(value[step], rest, make);
    return element === undefined
      ? value.filter((_, index) => index !== step)
      : value.map((one, index) => (index === step ? element : one));
  }
  if (value !== undefined && !isTable(value)) return value;
  const { [step]: former, ...others } = value ?? {};
  const inner = changeWithin(former, rest, make);
  if (inner === undefined) return others;
  return { ...value, [step]: inner };
}

/** What stands at a path. */
export function at(value: JsonValue | undefined, path: readonly Step[]): JsonValue | undefined {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') here = here[step];
    else if (isTable(here)) here = here[String(step)];
    else return undefined;
  }
  return here;
}

export const isTable = (value: JsonValue | undefined): value is { [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
