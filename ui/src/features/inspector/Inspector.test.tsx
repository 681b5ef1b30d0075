import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Document, EditArguments, JsonValue, MeasureArguments, Preview } from '@/api/bindings';
import bindings from '@/api/bindings/schema.json';
import { TooltipProvider } from '@/components/Tooltip';
import { applyEdits } from '@/documents/applyEdits';
import { useTextPosition } from '@/documents/textPosition';
import { usePreviews } from '@/preview/slots';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { asset } from '@/testing/assets';
import { preview } from '@/testing/previews';
import { useConflictDialog } from './ConflictDialog';
import { Inspector } from './Inspector';

const call = vi.hoisted(() => vi.fn());
vi.mock('@/api/rpc', async (original) => ({ ...(await original<object>()), call }));

// jsdom measures nothing; the editor asks for it.
document.execCommand = () => false;
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect = () => new DOMRect();

const file = 'web.preset.toml';
const text = [
  'version = 1',
  '[generators.hero]',
  'operations = [',
  '  { op = "resize", width = 800 },',
  '  { op = "blur", name = "Soft" },',
  '  { op = "sepia" },',
  ']',
].join('\n');
const chain: JsonValue[] = [
  { op: 'resize', width: 800 },
  { op: 'blur', name: 'Soft' },
  { op: 'sepia' },
];

let program: Document;
let client: QueryClient;
let edits: EditArguments[];

beforeEach(() => {
  edits = [];
  program = {
    file,
    revision: 1,
    text,
    value: { version: 1, generators: { hero: { operations: chain } } },
    problems: [],
    inherited: null,
    warnings: [],
    dirty: false,
    conflict: null,
  };
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['start_up'], { schema: bindings, fonts: [], writes: ['jpeg'] });
  client.setQueryData(['assets'], { assets: [], complete: true });
  client.setQueryData(['presets'], []);
  useView.setState({
    ...initialView,
    active: { file, generator: 'hero', variation: null, format: null },
  });
  useConflictDialog.setState({ file: null });
  useSelection.getState().clear();
  usePreviews.setState({ slots: {} });
  call.mockReset();
  call.mockImplementation((name: string, wanted: EditArguments) => {
    if (name === 'document') return Promise.resolve(program);
    if (name === 'preview') return new Promise(() => {});
    if (name === 'edit') {
      edits.push(wanted);
      const value: JsonValue = applyEdits(program.value, wanted.edits);
      program = { ...program, value, revision: program.revision + 1, dirty: true };
      return Promise.resolve(program);
    }
    if (name === 'resolve_conflict') {
      const { text } = wanted as unknown as { text: string };
      program = { ...program, text, conflict: null, revision: program.revision + 1 };
      return Promise.resolve(program);
    }
    return Promise.resolve(name === 'presets' ? [] : {});
  });
});

// Several files run at once on few cores.
vi.setConfig({ testTimeout: 20_000 });

afterEach(cleanup);

const show = () => {
  client.setQueryData(['document', file], program);
  return render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Inspector />
      </TooltipProvider>
    </QueryClientProvider>,
  );
};

const titles = () =>
  [...document.querySelectorAll('[data-card]')].map((card) => card.textContent ?? '');

test('generator, preset file and unsaved changes are in sight', () => {
  program = { ...program, dirty: true };
  show();
  expect(screen.getByRole('heading', { name: 'hero' })).toBeInTheDocument();
  expect(screen.getByText(file)).toBeInTheDocument();
  expect(screen.getByRole('img', { name: 'Unsaved changes' })).toBeInTheDocument();
});

test('what a preset inherits is shown, and copied before a part of its lists is changed', async () => {
  program = {
    ...program,
    value: { version: 1, extends: ['brand.preset.toml'] },
    inherited: { generators: { hero: { operations: chain, output: { format: 'webp' } } } },
  };
  show();
  expect(screen.getByText('Built on brand.preset.toml')).toBeInTheDocument();
  expect(titles()).toHaveLength(3);
  act(() => document.querySelector<HTMLElement>('[data-card="0"]')?.focus());
  await userEvent.setup().keyboard('{Alt>}{ArrowDown}{/Alt}');
  const path = ['generators', 'hero', 'operations'];
  expect(edits[0]?.edits).toEqual([
    { kind: 'set', path, value: chain },
    { kind: 'move', path, from: 0, to: 1 },
  ]);
  expect(titles().map((title) => title.slice(0, 4))).toEqual(['Soft', 'Resi', 'Sepi']);
});

test('Alt and an arrow move an operation, which keeps the focus', async () => {
  show();
  const user = userEvent.setup();
  act(() => document.querySelector<HTMLElement>('[data-card="0"]')?.focus());
  await user.keyboard('{Alt>}{ArrowDown}{/Alt}');
  expect(edits[0]?.edits).toEqual([
    { kind: 'move', path: ['generators', 'hero', 'operations'], from: 0, to: 1 },
  ]);
  expect(titles().map((title) => title.slice(0, 4))).toEqual(['Soft', 'Resi', 'Sepi']);
  await waitFor(() => expect(document.activeElement?.textContent).toMatch(/^Resize/));
  await user.keyboard('{Alt>}{ArrowDown}{ArrowDown}{/Alt}');
  await waitFor(() => expect(titles()[2]).toMatch(/^Resize/));
  expect(edits).toHaveLength(2);
});

test('operations are added, switched off, duplicated and removed', async () => {
  show();
  const user = userEvent.setup();
  await user.click(screen.getByRole('switch', { name: 'Soft: on' }));
  expect(edits.at(-1)?.edits).toEqual([
    { kind: 'set', path: ['generators', 'hero', 'operations', 1, 'enabled'], value: false },
  ]);
  await user.click(screen.getByRole('switch', { name: 'Soft: on' }));
  expect(edits.at(-1)?.edits).toEqual([
    { kind: 'remove', path: ['generators', 'hero', 'operations', 1, 'enabled'] },
  ]);
  await user.click(screen.getByRole('button', { name: 'Add operation' }));
  await user.type(await screen.findByPlaceholderText('Search operations'), 'logo{Enter}');
  await waitFor(() => expect(titles()[3]).toMatch(/^Overlay/));
  expect(edits.at(-1)?.edits[0]).toMatchObject({ kind: 'insert', index: 3 });
  await user.click(screen.getByRole('button', { name: 'More actions for Sepia' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Remove' }));
  expect(edits.at(-1)?.edits).toEqual([
    { kind: 'remove', path: ['generators', 'hero', 'operations', 2] },
  ]);
});

test('what is open stays open when undo gives an operation back', async () => {
  const whole = program.value;
  const rest = { version: 1, generators: { hero: { operations: chain.slice(1) } } };
  program = { ...program, value: rest };
  show();
  const user = userEvent.setup();
  await user.click(document.querySelector('[data-card="0"]') as HTMLElement);
  act(() => {
    client.setQueryData(['document', file], { ...program, value: whole, revision: 2 });
  });
  await waitFor(() => expect(titles()).toHaveLength(3));
  const open = [...document.querySelectorAll('[data-card][aria-expanded=true]')];
  expect(open.map(({ textContent }) => textContent)).toEqual([expect.stringMatching(/^Soft/)]);
});

test('the last key of a table takes the table with it', async () => {
  program = {
    ...program,
    value: { generators: { hero: { output: { lossless: true }, operations: [] } } },
  };
  show();
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', { name: 'Reset Lossless' }));
  expect(edits[0]?.edits).toEqual([{ kind: 'remove', path: ['generators', 'hero', 'output'] }]);
  expect(edits[0]?.label).toBe('Change Lossless of hero');
});

test('a warning is listed, and mended by its button', async () => {
  const path = ['generators', 'hero', 'output', 'quality'];
  const fix = { kind: 'set', path, value: 90 } as const;
  const place = { line: 5, column: 10, length: 6, generator: 'hero' };
  program = { ...program, warnings: [{ ...place, message: '100 is much.', fix }] };
  show();
  expect(screen.getByRole('button', { name: '1 warning' })).toBeInTheDocument();
  expect(screen.queryByText(/is disabled/)).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Fix “100 is much.”' }));
  await waitFor(() => expect(edits.at(-1)?.edits).toEqual([fix]));
});

test('a problem leads to its place in the text', async () => {
  program = {
    ...program,
    problems: [{ line: 5, column: 10, length: 6, message: 'No such key.', generator: 'hero' }],
  };
  show();
  const user = userEvent.setup();
  expect(screen.getByRole('button', { name: '1 problem' })).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: /No such key/ }));
  expect(useView.getState().editor).toBe('text');
  const host = () => document.querySelector('[data-text-view]')?.shadowRoot;
  await waitFor(() =>
    expect(host()?.querySelector('.cm-content')?.textContent).toContain('op = "blur"'),
  );
  await waitFor(() => expect(useTextPosition.getState().position).toBeNull());
});

test('a new overlay has an image of the preset’s folder, so that it makes no error', async () => {
  const state = {
    kind: 'ready',
    format: 'png',
    width: 9,
    height: 9,
    frames: 1,
    alpha: true,
  } as const;
  const assets = [asset(1, { path: 'photo.jpg' }), asset(2, { path: 'logo.png', state })];
  client.setQueryData(['assets'], { assets, complete: true });
  show();
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', { name: 'Add operation' }));
  await user.type(await screen.findByPlaceholderText('Search operations'), 'overlay{Enter}');
  await waitFor(() => expect(titles()[3]).toMatch(/^Overlay/));
  expect(edits.at(-1)?.edits[0]).toMatchObject({ value: { op: 'overlay', image: 'logo.png' } });
});

test('an open card is closed while it is dragged', async () => {
  show();
  const user = userEvent.setup();
  const title = () => document.querySelector('[data-card="0"]') as HTMLElement;
  await user.click(title());
  expect(screen.getByRole('slider', { name: 'Width' })).toBeInTheDocument();
  act(() => screen.getByRole('button', { name: 'Move Resize' }).focus());
  await user.keyboard(' ');
  await waitFor(() => expect(screen.queryByRole('slider', { name: 'Width' })).toBeNull());
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.getByRole('slider', { name: 'Width' })).toBeInTheDocument());
});

test('figures keep their places while a draft is shown', () => {
  const active = { file, generator: 'hero', variation: null, format: null };
  useSelection.getState().set([1], 1, 1);
  client.setQueryData(['assets'], { assets: [asset(1, { path: 'a.jpg' })], complete: true });
  const put = (change: Partial<Preview>) =>
    act(() =>
      usePreviews.getState().set('active', {
        ...{ shown: preview(change), of: { asset: 1, active }, current: true, busy: false },
      }),
    );
  show();
  const names = () =>
    [...document.querySelectorAll('[data-result] dt')].map((dt) => dt.textContent);
  put({ draft: true, quality: null, score: null });
  const before = names();
  expect(screen.getByText(/[Ee]stimate/)).toBeVisible();
  put({ draft: false, quality: 71, score: 83 });
  expect(names()).toEqual(before);
  expect(screen.getByText(/[Ee]stimate/)).not.toBeVisible();
});

test('the score is measured once the variant rests, and a quality is chosen on the curve', async () => {
  const active = { file, generator: 'hero', variation: null, format: null };
  useSelection.getState().set([1], 1, 1);
  client.setQueryData(['assets'], { assets: [asset(1, { path: 'a.jpg' })], complete: true });
  const asked: MeasureArguments[] = [];
  const former = vi.mocked(call).getMockImplementation();
  vi.mocked(call).mockImplementation((async (name: string, wanted: MeasureArguments) => {
    if (name !== 'measure') return (former as (...given: unknown[]) => unknown)(name, wanted);
    asked.push(wanted);
    const qualities = wanted.qualities.length > 0 ? wanted.qualities : [80];
    return {
      points: qualities.map((quality) => ({ quality, bytes: quality * 1000, score: quality - 5 })),
    };
  }) as never);
  const put = () =>
    act(() =>
      usePreviews.getState().set('active', {
        ...{ shown: preview(), of: { asset: 1, active }, current: true, busy: false },
      }),
    );
  show();
  put();
  expect(asked, 'not before it rests').toHaveLength(0);
  expect(await screen.findByText('75 · good', {}, { timeout: 3000 })).toBeInTheDocument();
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ variant: { asset: 1, generator: 'hero' }, qualities: [] });
  await userEvent.click(screen.getByRole('button', { name: 'Size and quality' }));
  put();
  const point = await screen.findByRole('button', { name: 'Quality 65: 65.0 kB, score 60' });
  await userEvent.click(point);
  await waitFor(() =>
    expect(edits.at(-1)?.edits[0]).toEqual({
      kind: 'set',
      path: ['generators', 'hero', 'output', 'quality'],
      value: 65,
    }),
  );
});

test('the text view follows the form’s changes', async () => {
  useView.setState({ editor: 'text' });
  show();
  const host = () => document.querySelector('[data-text-view]')?.shadowRoot;
  await waitFor(() =>
    expect(host()?.querySelector('.cm-content')?.textContent).toContain('width = 800'),
  );
  act(() => {
    const next = { ...program, text: text.replace('800', '640'), revision: 2 };
    client.setQueryData(['document', file], next);
  });
  await waitFor(() =>
    expect(host()?.querySelector('.cm-content')?.textContent).toContain('width = 640'),
  );
});

test('what the variant comes to stands below the form and below the text', async () => {
  show();
  expect(screen.getByRole('region', { name: 'Result' })).toBeInTheDocument();
  act(() => useView.setState({ editor: 'text' }));
  await waitFor(() => expect(document.querySelector('[data-text-view]')).not.toBeNull());
  expect(screen.getByRole('region', { name: 'Result' })).toBeInTheDocument();
});

test('the user resolves a conflict', async () => {
  const theirs = text.replace('800', '1024');
  program = { ...program, dirty: true, conflict: theirs };
  show();
  const user = userEvent.setup();
  const banner = screen.getAllByRole('alert')[0] as HTMLElement;
  await user.click(within(banner).getByRole('button', { name: 'Resolve…' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByRole('button', { name: 'Use merged version' })).toBeDisabled();
  fireEvent.click(within(dialog).getByRole('button', { name: 'Use disk version' }));
  expect(call).toHaveBeenCalledWith('resolve_conflict', { file, text: theirs });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});
