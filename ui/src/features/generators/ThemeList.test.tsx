import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Document, EditArguments, PresetFile } from '@/api/bindings';
import { TooltipProvider } from '@/components/Tooltip';
import { initialView, useView } from '@/state/view';
import { ThemeList } from './ThemeList';

const call = vi.hoisted(() => vi.fn());
vi.mock('@/api/rpc', async (original) => ({ ...(await original<object>()), call }));

const file = 'web.preset.toml';
const generator = (name: string) => ({
  ...{
    name,
    description: null,
    eager: false,
    broken: false,
    variations: [],
    formats: ['jpeg'],
    from: null,
  },
});
let edits: EditArguments[];

function show(operations: Record<string, unknown[]>, themes: Record<string, unknown> = {}) {
  const names = Object.keys(operations);
  const preset = {
    ...{ file, problems: [], dirty: false, conflict: false, trouble: null },
    generators: names.map(generator),
    themes: Object.keys(themes).map((name) => ({ name, generator: names[0], variations: [] })),
  } as unknown as PresetFile;
  const generators = Object.fromEntries(
    names.map((name) => [name, { operations: operations[name] }]),
  );
  const document = {
    ...{ file, revision: 1, text: '', problems: [], dirty: false, conflict: null },
    value: { generators, themes },
  } as unknown as Document;
  const client = new QueryClient();
  client.setQueryData(['presets'], [preset]);
  client.setQueryData(['document', file], document);
  call.mockImplementation((name: string, wanted: EditArguments) => {
    if (name === 'edit') edits.push(wanted);
    return Promise.resolve(name === 'edit' ? { ...document, revision: 2 } : {});
  });
  useView.setState({
    ...initialView,
    active: { file, generator: names[0] ?? '', variation: null, format: null },
  });
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <ThemeList />
      </TooltipProvider>
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  edits = [];
});
afterEach(cleanup);

const add = () => screen.getByRole('button', { name: 'Add theme' });

test('a new theme is of a generator whose size it can vary, and its sizes have free names', async () => {
  const themes = { old: { generator: 'hero', variations: { square: { width: 5 } } } };
  show({ tone: [{ op: 'sepia' }], hero: [{ op: 'resize', width: 800 }] }, themes);
  await userEvent.setup().click(add());
  await waitFor(() => expect(edits).toHaveLength(1));
  expect(edits[0]?.edits[0]).toMatchObject({
    value: { generator: 'hero', variations: { 'square-2': { width: 600, height: 600 } } },
  });
});

test('without a generator that resizes there is no theme to add, and the button says why', () => {
  show({ tone: [{ op: 'sepia' }] });
  expect(screen.getByRole('button', { name: /Resize/ })).toBeDisabled();
});
