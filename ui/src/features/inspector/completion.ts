// Completes keys, operations and values in a preset's text, by the schema.
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { JsonValue } from '@/api/bindings';
import { definition, type FieldSchema, fieldsOf, operationsOf } from '@/documents/schema';

/** The surroundings of a position: the fields allowed there. */
interface Surroundings {
  fields: FieldSchema[];
  present: string[];
  /** Whether it is in a list, where only values are allowed. */
  list: boolean;
}

export function complete(schema: JsonValue) {
  return (context: CompletionContext): CompletionResult | null => {
    const before = context.state.sliceDoc(0, context.pos);
    return completionsAt(schema, before, context.explicit);
  };
}

/** The completions after a text; positions are offsets in it. */
export function completionsAt(
  schema: JsonValue,
  before: string,
  explicit: boolean,
): CompletionResult | null {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  if (inComment(line)) return null;
  const header = /^\s*\[([\w.-]*)$/.exec(line);
  if (header) {
    const options = ['defaults.output', 'generators.', 'themes.'].map((label) => ({ label }));
    return { from: before.length - (header[1]?.length ?? 0), options, validFor: /^[\w.-]*$/ };
  }
  const surroundings = surroundingsOf(schema, before);
  const value = /([A-Za-z_][\w-]*)\s*=\s*(\[[^\]{}=]*)?"?([\w:-]*)$/.exec(line);
  if (value && surroundings) {
    const [, key = '', list, word = ''] = value;
    const field = surroundings.fields.find((one) => one.key === key);
    const quoted = line.at(-1 - word.length) === '"';
    const options = wordsOf(schema, field, key, surroundings).map(
      (option): Completion => ({ ...option, apply: quoted ? option.label : `"${option.label}"` }),
    );
    const booleans = field?.kind === 'boolean' && !quoted;
    if (booleans) options.push({ label: 'true' }, { label: 'false' });
    if (options.length === 0 || (list !== undefined && field?.kind === 'length')) return null;
    return { from: before.length - word.length, options };
  }
  const key = /(?:^\s*|[{,]\s*)([A-Za-z_][\w-]*)?$/.exec(line);
  if (!key || !surroundings || surroundings.list || (key[1] === undefined && !explicit))
    return null;
  const options = surroundings.fields
    .filter((field) => !surroundings.present.includes(field.key))
    .map(
      (field): Completion => ({
        label: field.key,
        apply: field.kind === 'table' ? `${field.key} = { ` : `${field.key} = `,
        info: field.description,
        type: 'property',
      }),
    );
  return options.length === 0
    ? null
    : { from: before.length - (key[1]?.length ?? 0), options, validFor: /^[\w-]*$/ };
}

const inComment = (line: string) => line.replace(/"(?:[^"\\]|\\.)*"?|'[^']*'?/g, '').includes('#');

function wordsOf(
  schema: JsonValue,
  field: FieldSchema | undefined,
  key: string,
  surroundings: Surroundings,
): Completion[] {
  if (key === 'op' && surroundings.fields.some((one) => one.key === 'op')) {
    return operationsOf(schema).map(({ op, description }) => ({ label: op, info: description }));
  }
  return (field?.choices ?? []).map(({ value, description }) => ({
    label: value,
    ...(description ? { info: description } : {}),
  }));
}

const OP: FieldSchema = {
  key: 'op',
  kind: 'choice',
  description: '',
  default: undefined,
  minimum: undefined,
  maximum: undefined,
  maxLength: undefined,
  items: undefined,
  required: true,
  choices: [],
  fields: [],
};

/** The table that a text ends in, by its last header and the braces opened since. */
function surroundingsOf(schema: JsonValue, before: string): Surroundings | null {
  const headers = [...before.matchAll(/^\s*\[\[?\s*([^\]\n]+?)\s*\]?\]\s*(?:#.*)?$/gm)];
  const header = headers.at(-1);
  const path = header?.[1] ? keysIn(header[1]) : [];
  const since = before.slice(header ? header.index + header[0].length : 0);
  const open = openTable(since);
  const fields = fieldsAt(schema, [...path, ...open.path], open.text);
  return fields && { fields, present: open.keys, list: open.list };
}

const keysIn = (text: string) =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'|([\w-]+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');

interface OpenTable {
  /** The keys that lead to it; list elements add none. */
  path: string[];
  text: string;
  keys: string[];
  list: boolean;
}

/** The innermost open inline table, or the header's table. */
function openTable(text: string): OpenTable {
  const plain = text
    .replace(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/g, (quoted) => quoted.replace(/[[\]{},#=]/g, '_'))
    .replace(/#.*$/gm, (comment) => ' '.repeat(comment.length));
  const outermost = { path: [] as string[], from: 0, list: false };
  const stack = [outermost];
  let key: string[] = [];
  for (const token of plain.matchAll(/([\w.-]+)\s*=|[{}[\]]/g)) {
    const [sign, name] = token;
    if (name !== undefined) key = keysIn(name);
    else if (sign === '{' || sign === '[') {
      const outer = stack.at(-1)?.path ?? [];
      stack.push({ path: [...outer, ...key], from: token.index + 1, list: sign === '[' });
      key = [];
    } else {
      key = [];
      if (stack.length > 1) stack.pop();
    }
  }
  const list = stack.at(-1)?.list ?? false;
  // The values of a list belong to its key, in the surrounding table.
  const inner = (list ? stack.at(-2) : stack.at(-1)) ?? outermost;
  const own = text.slice(inner.from);
  const depthless = plain.slice(inner.from).replace(/[{[][^{}[\]]*[}\]]/g, '');
  const keys = [...depthless.matchAll(/([\w-]+)\s*=/g)].map(([, name]) => name ?? '');
  return { path: inner.path, text: own, keys, list };
}

function fieldsAt(schema: JsonValue, path: string[], text: string): FieldSchema[] | null {
  const [top, name, ...rest] = path;
  if (top === undefined) return named(['version', 'defaults', 'generators', 'themes']);
  if (top === 'defaults') return name === 'output' ? fieldsOf(schema, 'OutputRules') : null;
  if (top === 'themes') {
    if (name === undefined) return null;
    if (rest.length === 0) return fieldsOf(schema, 'Theme');
    return rest[0] === 'variations' && rest.length === 2 ? fieldsOf(schema, 'Variation') : null;
  }
  if (top !== 'generators' || name === undefined) return null;
  switch (rest.join('.')) {
    case '':
      return fieldsOf(schema, 'Generator');
    case 'match':
      return fieldsOf(schema, 'MatchRules');
    case 'source':
      return fieldsOf(schema, 'SourceRules');
    case 'source.subsample':
      return fieldsOf(schema, 'Subsample');
    case 'output':
      return fieldsOf(schema, 'OutputRules');
    case 'operations': {
      const op = /\bop\s*=\s*"(\w+)"/.exec(text)?.[1];
      const own = operationsOf(schema).find((one) => one.op === op)?.fields ?? [];
      return [OP, ...own, ...named(['name', 'enabled'])];
    }
    default:
      return null;
  }
}

const named = (keys: string[]): FieldSchema[] =>
  keys.map((key) => ({ ...OP, key, kind: key === 'enabled' ? 'boolean' : 'text' }));

/** Whether the schema is loaded. */
export const hasSchema = (schema: JsonValue) => Object.keys(definition(schema, 'Step')).length > 0;
