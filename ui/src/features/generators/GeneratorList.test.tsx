import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EditArguments, GeneratorInfo, PresetFile } from '@/api/bindings';
import bindings from '@/api/bindings/schema.json';
import { TooltipProvider } from '@/components/Tooltip';
import { presetPath, useRenaming } from '@/documents/generators';
import { fieldsOf, operationsOf } from '@/documents/schema';
import { freeName, startingPoints } from '@/documents/startingPoints';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { asset } from '@/testing/assets';
import { GeneratorList } from './GeneratorList';

const call = vi.hoisted(() => vi.fn());
vi.mock('@/api/rpc', async (original) => ({ ...(await original<object>()), call }));

const generator = (name: string, change: Partial<GeneratorInfo> = {}): GeneratorInfo => ({
  name,
  description: null,
  eager: false,
  broken: false,
  variations: [],
  formats: ['jpeg'],
  from: null,
  ...change,
});
const preset = (file: string, generators: GeneratorInfo[]): PresetFile => ({
  file,
  generators,
  themes: [],
  problems: [{ line: 3, column: 1, length: null, message: 'No such format.', generator: 'broken' }],
  dirty: true,
  conflict: false,
  trouble: null,
});

let client: QueryClient;
let presets: PresetFile[];
let edits: EditArguments[];

beforeEach(() => {
  edits = [];
  presets = [
    preset('a.preset.toml', [
      generator('one', { eager: true }),
      generator('broken', { broken: true }),
    ]),
    preset('b.preset.toml', [generator('two')]),
  ];
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['presets'], presets);
  useRenaming.setState({ of: null });
  useView.setState({
    ...initialView,
    active: { file: 'a.preset.toml', generator: 'one', variation: null, format: null },
  });
  call.mockReset();
  call.mockImplementation((name: string, wanted: EditArguments) => {
    if (name === 'presets') return Promise.resolve(presets);
    if (name !== 'edit') return Promise.resolve({});
    edits.push(wanted);
    for (const edit of wanted.edits) {
      if (edit.kind === 'set')
        presets = [preset('a.preset.toml', [generator(String(edit.path[1]))])];
      if (edit.kind === 'rename') presets = [preset('a.preset.toml', [generator(edit.to)])];
    }
    return Promise.resolve({ file: wanted.file, revision: 2, value: {} });
  });
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <GeneratorList />
      </TooltipProvider>
    </QueryClientProvider>,
  );
});

// Several files run at once on few cores.
vi.setConfig({ testTimeout: 20_000 });

afterEach(cleanup);

const line = (name: string) => screen.getByRole('treeitem', { name: new RegExp(`^${name}`) });

test('the tree shows what is active, unsaved, eager and broken', () => {
  expect(line('one')).toHaveAttribute('aria-selected', 'true');
  expect(screen.getAllByRole('img', { name: 'Unsaved changes' })).toHaveLength(2);
  expect(screen.getByRole('img', { name: 'Pre-rendered' })).toBeInTheDocument();
  expect(screen.getByRole('img', { name: 'No such format.' })).toBeInTheDocument();
});

test('arrow keys walk through the tree and choose', async () => {
  const user = userEvent.setup();
  act(() => line('one').focus());
  await user.keyboard('{ArrowDown}');
  expect(useView.getState().active?.generator).toBe('broken');
  await user.keyboard('{End}');
  expect(useView.getState().active).toMatchObject({ file: 'b.preset.toml', generator: 'two' });
  await user.keyboard('{ArrowLeft}');
  expect(line('b.preset')).toHaveFocus();
  await user.keyboard('{ArrowLeft}');
  expect(screen.queryByRole('treeitem', { name: 'two' })).toBeNull();
  await user.keyboard('{ArrowRight}');
  expect(line('two')).toBeInTheDocument();
});

test('F2 renames in place, Escape leaves it, Delete deletes', async () => {
  const user = userEvent.setup();
  act(() => line('one').focus());
  await user.keyboard('{F2}');
  const field = screen.getByRole('textbox', { name: 'New name of one' });
  await user.clear(field);
  const keys: string[] = [];
  const listener = (event: KeyboardEvent) => keys.push(event.key);
  window.addEventListener('keydown', listener);
  await user.type(field, 'uno{Control>}k{/Control}{Escape}');
  window.removeEventListener('keydown', listener);
  expect(keys, 'the palette opens from here, and Escape is the field’s').toContain('k');
  expect(keys).not.toContain('Escape');
  expect(edits).toEqual([]);
  expect(line('one')).toHaveFocus();
  await user.keyboard('{F2}');
  const again = screen.getByRole('textbox', { name: 'New name of one' });
  await user.clear(again);
  await user.type(again, 'uno{Enter}');
  expect(edits[0]?.edits).toEqual([{ kind: 'rename', path: ['generators', 'one'], to: 'uno' }]);
  await waitFor(() => expect(useView.getState().active?.generator).toBe('uno'));
  await waitFor(() => expect(line('uno')).toBeInTheDocument());
  act(() => line('uno').focus());
  await user.keyboard('{Delete}');
  expect(edits[1]?.edits).toEqual([{ kind: 'remove', path: ['generators', 'uno'] }]);
});

test('a generator moves by Alt and arrows and by its menu, within its file', async () => {
  const user = userEvent.setup();
  act(() => line('one').focus());
  await user.keyboard('{Alt>}{ArrowUp}{/Alt}');
  expect(edits).toEqual([]);
  await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
  expect(edits[0]?.edits).toEqual([{ kind: 'reorder', path: ['generators', 'one'], before: null }]);
  const names = () =>
    client.getQueryData<PresetFile[]>(['presets'])?.[0]?.generators.map(({ name }) => name);
  expect(names()).toEqual(['broken', 'one']);
  await waitFor(() => expect(line('one')).toHaveFocus());
  await user.click(screen.getByRole('button', { name: 'More actions for one' }));
  expect(await screen.findByRole('menuitem', { name: /Move down/ })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await user.click(await screen.findByRole('menuitem', { name: /Move up/ }));
  expect(edits[1]?.edits).toEqual([
    { kind: 'reorder', path: ['generators', 'one'], before: 'broken' },
  ]);
  expect(names()).toEqual(['one', 'broken']);
});

test('a generator goes to another file as it is written', async () => {
  const user = userEvent.setup();
  const value = { generators: { one: { eager: true } } };
  const before = call.getMockImplementation();
  call.mockImplementation((name: string, wanted: EditArguments) =>
    name === 'document' ? Promise.resolve({ ...wanted, value }) : before?.(name, wanted),
  );
  await user.click(screen.getByRole('button', { name: 'More actions for one' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Move to b.preset.toml' }));
  await waitFor(() => expect(edits).toHaveLength(2));
  const path = ['generators', 'one'];
  const file = 'a.preset.toml';
  expect(edits[0]).toMatchObject({
    file: 'b.preset.toml',
    edits: [{ kind: 'import', path, value: { eager: true }, file, from: path }],
  });
  expect(edits[1]).toMatchObject({ file, edits: [{ kind: 'remove_with_comments', path }] });
});

test('a new generator begins as what was chosen, is active, and its name is typed', async () => {
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', { name: 'Add generator' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Square tile' }));
  expect(edits[0]).toMatchObject({ file: 'a.preset.toml', label: 'Add tile' });
  await waitFor(() => expect(useView.getState().active?.generator).toBe('tile'));
  expect(useRenaming.getState().of).toEqual({ file: 'a.preset.toml', generator: 'tile' });
});

test('names are free, and files are called as presets are', () => {
  expect(freeName('a', ['b'])).toBe('a');
  expect(freeName('a', ['a', 'a-2'])).toBe('a-3');
  expect(presetPath(' shop/web ')).toBe('shop/web.preset.toml');
  expect(presetPath('web.preset.toml')).toBe('web.preset.toml');
});

test('starting points say only what presets may', () => {
  const keys = (name: string) => fieldsOf(bindings as never, name).map(({ key }) => key);
  for (const { name, value } of startingPoints) {
    for (const key of Object.keys(value)) expect(keys('Generator'), name).toContain(key);
    for (const key of Object.keys(value.output ?? {}))
      expect(keys('OutputRules'), name).toContain(key);
    for (const step of value.operations as { op: string }[]) {
      const operation = operationsOf(bindings as never).find(({ op }) => op === step.op);
      const known = ['op', ...(operation?.fields ?? []).map(({ key }) => key)];
      for (const key of Object.keys(step)) expect(known, `${name} ${step.op}`).toContain(key);
    }
  }
});

test('generators that do not apply to the focused image are dimmed', async () => {
  client.setQueryData(['assets'], { assets: [asset(3)], complete: true });
  const cells = [{ file: 'a.preset.toml', generator: 'one', state: 'ready' }];
  call.mockImplementation((name: string) =>
    Promise.resolve(name === 'matrix' ? { rows: [{ asset: 3, cells }] } : {}),
  );
  act(() => useSelection.getState().set([3], 3, 3));
  await waitFor(() => expect(line('two')).toHaveAttribute('data-unmatched'));
  expect(line('two')).toHaveAccessibleName('two, Doesn’t apply to this image');
  expect(line('one')).not.toHaveAttribute('data-unmatched');
});
