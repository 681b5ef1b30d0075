// Every key that a preset may have can be seen and changed in the form.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JsonValue } from '@/api/bindings';
import bindings from '@/api/bindings/schema.json';
import { TooltipProvider } from '@/components/Tooltip';
import { type FieldSchema, fieldsOf, operationsOf } from '@/documents/schema';
import { t } from '@/text';
import { withNumber } from './ByFormatField';
import { FormContext } from './control';
import { FieldList } from './FieldList';
import { AsItIs, controlOf, FieldRow } from './FieldRow';
import { icons, order, ranges, rare } from './table';

vi.mock('@/api/rpc', async (original) => ({ ...(await original<object>()), call: vi.fn() }));

const schema = bindings as unknown as JsonValue;

const tables: [string, ReturnType<typeof fieldsOf>][] = [
  ...operationsOf(schema).map(({ op, fields }): [string, typeof fields] => [op, fields]),
  ['output', fieldsOf(schema, 'OutputRules')],
  ['source', fieldsOf(schema, 'SourceRules').filter(({ kind }) => kind !== 'table')],
  ['subsample', fieldsOf(schema, 'Subsample')],
  ['match', fieldsOf(schema, 'MatchRules')],
];

// Several files run at once on few cores.
vi.setConfig({ testTimeout: 20_000 });

afterEach(cleanup);

let client: QueryClient;
beforeEach(() => {
  client = new QueryClient();
  client.setQueryData(['start_up'], { schema, fonts: ['Inter'], writes: ['jpeg', 'png'] });
  client.setQueryData(['assets'], { assets: [], complete: true });
});

const show = (node: ReactNode) =>
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>{node}</TooltipProvider>
    </QueryClientProvider>,
  );

test('all 23 operations are known, each with a name, a line and a picture', () => {
  const operations = operationsOf(schema);
  expect(operations).toHaveLength(23);
  for (const { op } of operations) {
    expect(icons[op], op).toBeDefined();
    expect(t(`operations.names.${op}`), op).not.toContain('.');
    expect(t(`operations.lines.${op}`), op).not.toContain('operations.');
  }
});

/** Values with which all fields of a table have an effect: of the fits, contain has them all. */
const effective: Record<string, { [key: string]: JsonValue }> = {
  resize: { fit: 'contain' },
  text: { background: '#000000' },
};

test.each(tables)(
  '%s: every key has a control that can change it, a label and a description',
  async (table, fields) => {
    const user = userEvent.setup();
    const { container } = show(
      <FieldList {...{ table, fields }} values={effective[table] ?? {}} onChange={() => {}} />,
    );
    const more = screen.queryByRole('button', { name: 'More' });
    if (more) await user.click(more);
    for (const field of fields) {
      const row = container.querySelector<HTMLElement>(`[data-field="${table}.${field.key}"]`);
      expect(row, field.key).not.toBeNull();
      expect(controlOf(table, field), field.key).not.toBe(AsItIs);
      expect(field.description, field.key).not.toBe('');
      const controls = row?.querySelectorAll('input, textarea, button, [role="slider"]') ?? [];
      expect(controls.length, field.key).toBeGreaterThan(0);
      const word = t([`operations.fields.${table}.${field.key}`, `operations.labels.${field.key}`]);
      expect(word, field.key).not.toContain('operations.');
    }
  },
);

test('every number and length has a practical range inside what is allowed', () => {
  const measured = new Set<string>();
  for (const [table, fields] of tables) {
    for (const field of fields) {
      if (!['number', 'integer', 'length', 'by-format'].includes(field.kind)) continue;
      const name = `${table}.${field.key}`;
      const range = ranges[name];
      measured.add(name);
      expect(range, name).toBeDefined();
      if (!range) continue;
      expect(range.min, name).toBeGreaterThanOrEqual(field.minimum ?? Number.NEGATIVE_INFINITY);
      expect(range.max, name).toBeLessThanOrEqual(field.maximum ?? Number.POSITIVE_INFINITY);
      const start = field.default ?? range.start;
      expect(
        typeof start === 'number' || field.key.match(/^(top|right|bottom|left)$/),
        name,
      ).toBeTruthy();
    }
  }
  expect(Object.keys(ranges).filter((name) => !measured.has(name))).toEqual([]);
});

test('the tables of order and rare keys name keys that exist', () => {
  for (const named of [order, rare]) {
    for (const [table, keys] of Object.entries(named)) {
      const all =
        table === 'source'
          ? fieldsOf(schema, 'SourceRules')
          : tables.find(([name]) => name === table)?.[1];
      const known = all?.map(({ key }) => key) ?? [];
      expect(
        keys.filter((key) => !known.includes(key)),
        table,
      ).toEqual([]);
    }
  }
});

const resize = operationsOf(schema).find(({ op }) => op === 'resize')?.fields ?? [];

test('a default set by hand removes the key, another value sets it', async () => {
  const user = userEvent.setup();
  const onChange = vi.fn();
  show(
    <FieldList
      table="resize"
      fields={resize}
      values={{ enlarge: true, fit: 'cover' }}
      onChange={onChange}
    />,
  );
  await user.click(screen.getByRole('switch', { name: 'Allow upscaling' }));
  expect(onChange).toHaveBeenLastCalledWith(
    expect.objectContaining({ key: 'enlarge' }),
    undefined,
    null,
  );
  await user.click(screen.getByRole('radio', { name: 'Auto (subject)' }));
  expect(onChange).toHaveBeenLastCalledWith(
    expect.objectContaining({ key: 'gravity' }),
    'smart',
    null,
  );
  onChange.mockClear();
  await user.click(screen.getByRole('radio', { name: 'Centre' }));
  expect(onChange).not.toHaveBeenCalled();
});

test('a value equal to what the defaults give is left out; the schema default is kept then', async () => {
  const user = userEvent.setup();
  const onChange = vi.fn();
  const fields = fieldsOf(schema, 'OutputRules').filter(({ key }) => key === 'lossless');
  const { rerender } = show(
    <FieldList
      table="output"
      fields={fields}
      values={{}}
      inherited={{ lossless: true }}
      onChange={onChange}
    />,
  );
  expect(screen.getByText('from defaults')).toBeInTheDocument();
  await user.click(screen.getByRole('switch'));
  expect(onChange).toHaveBeenLastCalledWith(
    expect.objectContaining({ key: 'lossless' }),
    false,
    null,
  );
  rerender(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <FieldList
          table="output"
          fields={fields}
          values={{ lossless: false }}
          inherited={{ lossless: true }}
          onChange={onChange}
        />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  await user.click(screen.getByRole('switch'));
  expect(onChange).toHaveBeenLastCalledWith(
    expect.objectContaining({ key: 'lossless' }),
    undefined,
    null,
  );
});

test('a length is pixels or percent', async () => {
  const user = userEvent.setup();
  const onChange = vi.fn();
  show(<FieldList table="resize" fields={resize} values={{ width: '50%' }} onChange={onChange} />);
  const field = screen.getByRole('textbox', { name: 'Width' });
  expect(field).toHaveValue('50');
  await user.clear(field);
  await user.type(field, '25{Enter}');
  expect(onChange).toHaveBeenLastCalledWith(
    expect.objectContaining({ key: 'width' }),
    '25%',
    expect.any(String),
  );
  await user.click(screen.getByRole('button', { name: 'Width: unit, now percent' }));
  expect(onChange).toHaveBeenLastCalledWith(expect.objectContaining({ key: 'width' }), 500, null);
});

test('keys that nobody knows are shown and have no control', () => {
  show(
    <FieldList table="resize" fields={resize} values={{ wobble: [1, 2] }} onChange={() => {}} />,
  );
  const note = screen.getByText(/Unknown setting “wobble”/).parentElement as HTMLElement;
  expect(within(note).getByText('[1,2]')).toBeInTheDocument();
  expect(within(note).queryByRole('textbox')).toBeNull();
});

test('a default colour is drawn as it is, and what is left out is called by its effect', () => {
  const [resize] = operationsOf(schema).filter(({ op }) => op === 'resize');
  const fields = (resize?.fields ?? []).filter(({ key }) => key === 'background');
  const { container } = show(
    <FieldList
      {...{ table: 'resize', fields }}
      values={{ background: '#123456' }}
      onChange={() => {}}
    />,
  );
  expect(container.querySelector('[data-dimmed]')).toBeNull();
  cleanup();
  const duotone = operationsOf(schema).find(({ op }) => op === 'flatten');
  const other = show(
    <FieldList table="flatten" fields={duotone?.fields ?? []} values={{}} onChange={() => {}} />,
  );
  expect(other.container.querySelector('button[data-dimmed]')).toBeNull();
  cleanup();
  show(
    <FieldRow
      table="resize"
      field={fields[0] as FieldSchema}
      value={undefined}
      onChange={() => {}}
    />,
  );
  expect(screen.getByPlaceholderText('Transparent, or white')).toBeInTheDocument();
});

test('the line about inherited values keeps its place when a value is set', () => {
  const field = fieldsOf(schema, 'OutputRules').find(({ key }) => key === 'quality') as FieldSchema;
  const row = (value: JsonValue | undefined) => (
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <FieldRow table="output" field={field} value={value} inherited={70} onChange={() => {}} />
      </TooltipProvider>
    </QueryClientProvider>
  );
  const { rerender } = render(row(undefined));
  expect(screen.getByText(/defaults/)).toBeVisible();
  rerender(row(60));
  expect(screen.getByText(/defaults/)).not.toBeVisible();
});

test('a number by format has a row for each format that is written', async () => {
  const user = userEvent.setup();
  const onChange = vi.fn();
  const fields = fieldsOf(schema, 'OutputRules').filter(({ key }) => key === 'quality');
  const form = (quality: JsonValue | undefined, formats: string[]) => (
    <FormContext value={{ file: '', asset: null, formats, colors: {} }}>
      <FieldList
        {...{ table: 'output', fields, onChange }}
        values={quality === undefined ? {} : { quality }}
      />
    </FormContext>
  );
  show(form(undefined, ['jpeg']));
  expect(screen.getByRole('textbox', { name: 'Quality' })).toHaveValue('73');
  cleanup();
  show(form(80, ['avif', 'jpeg']));
  const avif = screen.getByRole('textbox', { name: 'AVIF' });
  expect(avif).toHaveValue('80');
  await user.clear(avif);
  await user.type(avif, '60{Enter}');
  expect(onChange).toHaveBeenLastCalledWith(
    expect.objectContaining({ key: 'quality' }),
    { avif: 60, jpeg: 80 },
    expect.any(String),
  );
  cleanup();
  show(form({ avif: 60, webp: 70 }, ['jpeg']));
  const rows = within(screen.getByRole('group', { name: 'Quality' }));
  const numbers = ['JPEG', 'AVIF', 'WebP'].map((name) => rows.getByRole('textbox', { name }));
  expect(numbers.map((number) => (number as HTMLInputElement).value)).toEqual(['73', '60', '70']);
});

test.each([
  [80, 'avif', 60, { avif: 60, jpeg: 80 }],
  [{ avif: 60 }, 'jpeg', 60, 60],
  [{ avif: 60, webp: 1 }, 'jpeg', 60, { avif: 60, webp: 1, jpeg: 60 }],
  [{ avif: 60, jpeg: 1 }, 'jpeg', undefined, { avif: 60 }],
  [{ avif: 60 }, 'avif', undefined, undefined],
  [undefined, 'avif', 5, { avif: 5 }],
])('%j with %s set to %j is %j', (value, format, next, expected) => {
  expect(withNumber(value, ['avif', 'jpeg'], format, next)).toEqual(expected);
});

test('a colour of the file is typed by its name or chosen from its swatches', async () => {
  const user = userEvent.setup();
  const onChange = vi.fn();
  const flatten = operationsOf(schema).find(({ op }) => op === 'flatten');
  show(
    <FormContext value={{ file: '', asset: null, formats: [], colors: { brand: '#12343b' } }}>
      <FieldList
        {...{ table: 'flatten', fields: flatten?.fields ?? [], onChange }}
        values={{ background: 'brand' }}
      />
    </FormContext>,
  );
  const [swatch] = screen.getAllByRole('button');
  expect(swatch?.firstElementChild).toHaveStyle({ background: '#12343b' });
  const box = screen.getByRole('textbox');
  expect(box).toHaveValue('brand');
  await user.clear(box);
  await user.type(box, 'unknown{Enter}');
  expect(onChange).not.toHaveBeenCalled();
  await user.click(swatch as HTMLElement);
  await user.click(await screen.findByRole('button', { name: 'brand', pressed: true }));
  expect(onChange).toHaveBeenLastCalledWith(expect.anything(), 'brand', null);
});
