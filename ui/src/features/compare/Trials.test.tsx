import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EditArguments, MeasureArguments, Preview, PreviewArguments } from '@/api/bindings';
import { call } from '@/api/rpc';
import { TooltipProvider } from '@/components/Tooltip';
import { usePreviews } from '@/preview/slots';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { asset } from '@/testing/assets';
import { preview } from '@/testing/previews';
import { layOut } from '@/testing/scroller';
import { Compare } from './Compare';
import { compareIn } from './trialMode';
import { useCompare } from './useCompare';

vi.mock('@/api/rpc', async (original) => ({
  ...(await original<object>()),
  call: vi.fn(),
}));

const active = { file: 'web.preset.toml', generator: 'hero', variation: null, format: null };
const generator = { name: 'hero', formats: ['jpeg'], broken: false, variations: [], eager: false };
const document_ = {
  ...{ file: active.file, revision: 1, text: '', problems: [], warnings: [] },
  ...{ dirty: false, conflict: null },
  value: { generators: { hero: { output: { format: 'jpeg', quality: 70 } } } },
};
const BYTES: Record<string, number> = { jpeg: 2000, webp: 1500, avif: 2600 };

let asked: PreviewArguments[];
let edits: EditArguments[];
let measured: MeasureArguments[];

beforeEach(() => {
  [asked, edits, measured] = [[], [], []];
  layOut();
  HTMLImageElement.prototype.decode = () => Promise.resolve();
  const client = new QueryClient();
  client.setQueryData(['start_up'], { writes: ['jpeg', 'webp', 'avif', 'png'] });
  client.setQueryData(['assets'], { assets: [asset(3, { path: 'lake.jpg' })], complete: true });
  const presets = [{ file: active.file, generators: [generator], themes: [], problems: [] }];
  client.setQueryData(['presets'], presets);
  client.setQueryData(['document', active.file], document_);
  vi.mocked(call).mockImplementation((async (name: string, given: never) => {
    if (name === 'presets') return presets;
    if (name === 'edit') {
      edits.push(given);
      return { ...document_, revision: 2 };
    }
    if (name === 'measure') {
      measured.push(given);
      return { points: [{ quality: 70, bytes: 1, score: 77 }] };
    }
    if (name !== 'preview') return new Promise(() => {});
    const wanted = given as PreviewArguments;
    asked.push(wanted);
    const format = wanted.format ?? 'jpeg';
    const quality = wanted.edits?.find(({ path }) => path.at(-1) === 'quality');
    return preview({
      ...{ url: `variant:${wanted.slot}`, key: wanted.slot, format, bytes: BYTES[format] },
      quality: quality && 'value' in quality ? (quality.value as number) : 70,
    } as Partial<Preview>);
  }) as never);
  useView.setState({ ...initialView, current: 'compare', active });
  useSelection.getState().set([3], 3, 3);
  useCompare.setState({ tool: 'look', trials: null });
  usePreviews.setState({ slots: {} });
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Compare />
      </TooltipProvider>
    </QueryClientProvider>,
  );
});
afterEach(async () => {
  cleanup();
  // The slots are left a moment later.
  await new Promise((done) => setTimeout(done));
  vi.unstubAllGlobals();
});

const tile = (name: string) =>
  screen.getByRole('group', { name }).closest('[data-pane]') as HTMLElement;
const openFormats = async () => {
  fireEvent.click(screen.getByRole('button', { name: 'All formats' }));
  await waitFor(() => expect(asked.map(({ format }) => format)).toContain('avif'));
};

test('all formats of the active generator stand side by side, and only one is of the rule', async () => {
  await openFormats();
  const tried = Object.fromEntries(asked.map(({ slot, edits: made = [] }) => [slot, made]));
  expect(tried.active).toEqual([]);
  const path = ['generators', 'hero', 'output', 'format'];
  expect(tried['trial formats webp']).toEqual([{ kind: 'set', path, value: 'webp' }]);
  expect(await within(tile('WebP')).findByText('500 B smaller (−25%)')).toBeInTheDocument();
  expect(within(tile('AVIF')).getByText('600 B larger (+30%)')).toBeInTheDocument();
  expect(within(tile('JPEG')).getByText('In use')).toBeInTheDocument();
  expect(within(tile('JPEG')).queryByRole('button')).toBeNull();
  expect(edits).toEqual([]);
});

test('a format is used by one edit of the rule', async () => {
  await openFormats();
  fireEvent.click(screen.getByRole('button', { name: 'Use this format: WebP' }));
  await waitFor(() => expect(edits).toHaveLength(1));
  expect(edits[0]).toMatchObject({
    file: active.file,
    label: 'Change Format of hero',
    edits: [{ kind: 'set', path: ['generators', 'hero', 'output', 'format'], value: 'webp' }],
  });
});

test('the qualities around the rule’s are tried', async () => {
  fireEvent.click(screen.getByRole('button', { name: 'Qualities' }));
  expect(await screen.findByRole('group', { name: 'Quality 86' })).toBeInTheDocument();
  expect(within(tile('Quality 70')).getByText('In use')).toBeInTheDocument();
  fireEvent.click(screen.getByRole('button', { name: 'Use this quality: Quality 54' }));
  await waitFor(() =>
    expect(edits[0]?.edits).toEqual([
      { kind: 'set', path: ['generators', 'hero', 'output', 'quality'], value: 54 },
    ]),
  );
});

test('a generator of one size says so', () => {
  fireEvent.click(screen.getByRole('button', { name: 'All sizes' }));
  expect(screen.getByText(/“hero” has one size/)).toBeInTheDocument();
});

test('what is tried is scored one after another, and copied and saved as it is tried', async () => {
  await openFormats();
  await waitFor(() => expect(measured).toHaveLength(3), { timeout: 4000 });
  expect(measured.map(({ variant }) => variant.slot)).toEqual(Array(3).fill('score-0'));
  const formats = measured.map(({ variant }) => variant.edits?.length ?? 0);
  expect(formats.toSorted()).toEqual([0, 1, 1]);
  expect(await within(tile('WebP')).findByText('SSIMULACRA2 77')).toBeVisible();

  fireEvent.contextMenu(screen.getByRole('group', { name: 'WebP' }));
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Save variant as…' }));
  await waitFor(() =>
    expect(vi.mocked(call).mock.calls).toContainEqual([
      'variant_name',
      expect.objectContaining({
        format: 'webp',
        edits: [expect.objectContaining({ value: 'webp' })],
      }),
    ]),
  );
});

test('the button again goes back to the mode before', async () => {
  act(() => compareIn('flip'));
  await openFormats();
  expect(useView.getState().compare).toBe('many');
  fireEvent.click(screen.getByRole('button', { name: 'All formats' }));
  expect(useView.getState().compare).toBe('flip');
  expect(useCompare.getState().trials).toBeNull();
});
