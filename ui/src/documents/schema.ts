// Reads the preset file's JSON Schema for the form: tables with their keys, each with its kind of value.
// Additions to the schema appear in the form without further code.
import type { JsonValue } from '@/api/bindings';

/** The kind of a key's value, which decides its control. */
export type Kind =
  | 'number'
  | 'integer'
  | 'boolean'
  | 'text'
  | 'length'
  | 'color'
  | 'gravity'
  | 'aspect'
  | 'choice'
  | 'formats'
  | 'metadata'
  | 'frames'
  /** Bits of a level, or the source's. */
  | 'depth'
  | 'lines'
  /** A list of whole numbers. */
  | 'numbers'
  /** A number for all formats, or a table of numbers by format. */
  | 'by-format'
  | 'table'
  /** Read-only in the form; edited in the text view. */
  | 'other';

export interface Choice {
  value: string;
  description: string | undefined;
}

export interface FieldSchema {
  key: string;
  kind: Kind;
  description: string;
  default: JsonValue | undefined;
  minimum: number | undefined;
  maximum: number | undefined;
  maxLength: number | undefined;
  /** The range of a list's numbers. */
  items: { minimum: number | undefined; maximum: number | undefined } | undefined;
  required: boolean;
  /** The allowed words, of a choice. */
  choices: Choice[];
  /** The keys of a table. */
  fields: FieldSchema[];
}

export interface OperationSchema {
  op: string;
  description: string;
  /** Without `op`, `name` and `enabled`, which all operations have. */
  fields: FieldSchema[];
}

type Node = { [key: string]: JsonValue };

const node = (value: JsonValue | undefined): Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
const nodes = (value: JsonValue | undefined): Node[] =>
  Array.isArray(value) ? value.map((one) => node(one)) : [];
const number = (value: JsonValue | undefined) => (typeof value === 'number' ? value : undefined);
const text = (value: JsonValue | undefined) => (typeof value === 'string' ? value : undefined);

export function definition(schema: JsonValue, name: string): Node {
  return node(node(node(schema).$defs)[name]);
}

/** The keys of a definition. */
export function fieldsOf(schema: JsonValue, name: string): FieldSchema[] {
  return keysOf(schema, definition(schema, name));
}

/** All operations, in the schema's order. */
export function operationsOf(schema: JsonValue): OperationSchema[] {
  return nodes(definition(schema, 'Step').oneOf).map((step) => ({
    op: text(node(node(step.properties).op).const) ?? '',
    description: text(step.description) ?? '',
    fields: keysOf(schema, step).filter(({ key }) => !SHARED.includes(key)),
  }));
}

const SHARED = ['op', 'name', 'enabled'];

function keysOf(schema: JsonValue, table: Node): FieldSchema[] {
  const required = Array.isArray(table.required) ? table.required : [];
  return Object.entries(node(table.properties)).map(([key, property]) =>
    field(schema, key, node(property), required.includes(key)),
  );
}

function field(schema: JsonValue, key: string, property: Node, required: boolean): FieldSchema {
  const name = text(property.$ref)?.split('/').at(-1);
  const all = name === undefined ? property : { ...definition(schema, name), ...property };
  const choices = choicesOf(schema, all);
  const byFormat = formatsOf(all);
  return {
    key,
    kind: byFormat ? 'by-format' : kindOf(name, all, choices),
    description: text(all.description) ?? '',
    default: all.default,
    minimum: number(all.minimum),
    maximum: number(all.maximum),
    maxLength: number(all.maxLength),
    items: all.items
      ? { minimum: number(node(all.items).minimum), maximum: number(node(all.items).maximum) }
      : undefined,
    required,
    choices,
    fields:
      byFormat || (all.type === 'object' && all.properties) ? keysOf(schema, byFormat ?? all) : [],
  };
}

/** The table of numbers by format, where a key may be one or a single number. */
function formatsOf(all: Node): Node | undefined {
  const alternatives = nodes(all.anyOf);
  const isNumber = alternatives.some(({ type }) => type === 'integer');
  return isNumber ? alternatives.find(({ properties }) => properties !== undefined) : undefined;
}

/** The words among the alternatives, including those of references and list elements. */
function choicesOf(schema: JsonValue, all: Node): Choice[] {
  const found: Choice[] = [];
  for (const alternative of [...nodes(all.oneOf), ...nodes(all.anyOf)]) {
    const value = text(alternative.const);
    if (value !== undefined) found.push({ value, description: text(alternative.description) });
    const name = text(alternative.$ref)?.split('/').at(-1);
    if (name !== undefined) found.push(...choicesOf(schema, definition(schema, name)));
  }
  return found;
}

const KINDS: Record<string, Kind> = {
  Length: 'length',
  Color: 'color',
  Gravity: 'gravity',
  Aspect: 'aspect',
  Frames: 'frames',
  Depth: 'depth',
  Metadata: 'metadata',
  Patterns: 'lines',
  OneOrMany_Format: 'formats',
  OneOrMany_FormatRule: 'formats',
};

function kindOf(name: string | undefined, all: Node, choices: Choice[]): Kind {
  const known = name === undefined ? undefined : KINDS[name];
  if (known) return known;
  if (all.type === 'object' && all.properties) return 'table';
  if (nodes(all.oneOf).length > 0 && nodes(all.oneOf).length === choices.length) return 'choice';
  switch (all.type) {
    case 'boolean':
    case 'number':
    case 'integer':
      return all.type;
    case 'string':
      return 'text';
    case 'array':
      return node(all.items).type === 'integer' ? 'numbers' : 'other';
    default:
      return 'other';
  }
}

/** The kinds of metadata that can be kept separately. */
export function metadataKinds(schema: JsonValue): Choice[] {
  return choicesOf(schema, definition(schema, 'MetadataKind'));
}
