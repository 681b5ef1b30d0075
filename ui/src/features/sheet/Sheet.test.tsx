import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SheetVariant, Sheet as Variants } from '@/api/bindings';
import { assetStatesQuery, assetsQuery } from '@/api/queries';
import { TooltipProvider } from '@/components/Tooltip';
import { useSelection } from '@/state/selection';
import { retryFailed, showSnippet } from '@/state/sheet';
import { initialView, useView } from '@/state/view';
import { assets } from '@/testing/assets';
import { layOut } from '@/testing/scroller';
import { countRevision } from './revisions';
import { Sheet } from './Sheet';

const { call, dragOut } = vi.hoisted(() => ({ call: vi.fn(), dragOut: vi.fn(async () => {}) }));
vi.mock('@/api/rpc', async (original) => ({
  ...(await original<typeof import('@/api/rpc')>()),
  call,
  dragOut,
  onEvents: () => () => {},
}));

const variant = (change: Partial<SheetVariant>): SheetVariant => ({
  ...{ file: 'web', generator: 'hero', variation: '640', format: 'webp', size: [640, 400] },
  ...{ state: 'ready', url: 'variant://localhost/variant/a.webp', bytes: 250, fault: null },
  ...change,
});

const sheet: Variants = {
  variants: [
    variant({}),
    variant({ variation: '320', state: 'missing', url: null, bytes: null }),
    variant({
      ...{ generator: 'card', state: 'failed', url: null, bytes: null },
      fault: { code: 'too_large', message: 'The picture is too large.' },
    }),
  ],
  unmatched: [{ file: 'web', generator: 'icon', reason: 'It is no vector picture.' }],
};

let preview: () => Promise<unknown>;

function show() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 1e9 } } });
  client.setQueryData(assetsQuery.queryKey, { assets: assets(3), complete: true });
  client.setQueryData(assetStatesQuery.queryKey, {
    ...{ missing: [], stale: [], failed: [], complete: true },
  });
  useSelection.getState().set([1], 1, 1);
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Sheet />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  return client;
}

const cards = async () => {
  await screen.findAllByRole('listitem');
  return screen.getAllByRole('listitem');
};
const previews = () => call.mock.calls.filter(([name]) => name === 'preview');

beforeEach(() => {
  layOut();
  useView.setState({ ...initialView, current: 'sheet' });
  dragOut.mockClear();
  preview = async () => ({
    ...{ url: 'variant://localhost/variant/b.webp', key: 'b', format: 'webp' },
    ...{ width: 320, height: 200, bytes: 100, notes: [] },
  });
  call.mockReset();
  call.mockImplementation(async (name: string) => {
    if (name === 'sheet') return sheet;
    if (name === 'preview') return preview();
    if (name === 'variant_file') return { id: 'g', path: '/cache/a.webp' };
    if (name === 'snippet')
      return { html: '<picture></picture>', manifest: '{}', thumbhash: 'AbC' };
    return {};
  });
});
afterEach(cleanup);

test('what is there is shown with its facts, what is missing is rendered, failures are not', async () => {
  show();
  const [first, second, third] = await cards();
  expect(first).toHaveTextContent('640 × 400 px');
  expect(first).toHaveTextContent('25%');
  await waitFor(() =>
    expect(second?.querySelector('img')).toHaveAttribute(
      'src',
      'variant://localhost/variant/b.webp',
    ),
  );
  expect(second).toHaveTextContent('100 B');
  expect(previews()).toHaveLength(1);
  expect(previews()[0]?.[1]).toMatchObject({ variation: '320', draft: false, slot: 'sheet-0' });
  expect(third).toHaveTextContent('The picture is too large.');
  expect(screen.getByText('It is no vector picture.')).toBeInTheDocument();
});

test('a failure is retried on request', async () => {
  show();
  const [, second, third] = await cards();
  await waitFor(() => expect(second?.querySelector('img')).not.toBeNull());
  fireEvent.click(within(third as HTMLElement).getByRole('button', { name: 'Retry' }));
  await waitFor(() => expect(third?.querySelector('img')).not.toBeNull());
  expect(third).not.toHaveTextContent('The picture is too large.');
});

test('a failed rendering is shown on its card', async () => {
  preview = () => Promise.reject({ code: 'timed_out', message: 'It took too long.' });
  show();
  const [, second] = await cards();
  expect(await within(second as HTMLElement).findByText('It took too long.')).toBeInTheDocument();
});

test('a press opens the variant in Compare; one that moves drags its file out', async () => {
  show();
  const [first] = await cards();
  const button = within(first as HTMLElement).getByRole('button');
  fireEvent.pointerDown(button, { button: 0, clientX: 0, clientY: 0, pointerId: 1 });
  fireEvent.pointerMove(window, { buttons: 1, clientX: 30, clientY: 0, pointerId: 1 });
  await waitFor(() => expect(dragOut).toHaveBeenCalledWith({ id: 'g', path: '/cache/a.webp' }));
  fireEvent.click(button);
  expect(useView.getState()).toMatchObject({
    current: 'compare',
    active: { generator: 'hero', variation: '640', format: 'webp' },
  });
});

test('texts for web pages can be copied', async () => {
  const writeText = vi.fn(async () => {});
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } });
  show();
  await cards();
  const [open] = screen.getAllByRole('button', { name: 'Copy HTML…' });
  fireEvent.click(open as HTMLElement);
  expect(await screen.findByRole('textbox', { name: 'HTML' })).toHaveValue('<picture></picture>');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Copy: ThumbHash' })));
  expect(writeText).toHaveBeenCalledWith('AbC');
});

test('changed states do not disturb a rendering; a changed preset renders again', async () => {
  let finish: (preview: unknown) => void = () => {};
  const made = await preview();
  preview = () => new Promise((resolve) => (finish = resolve));
  const client = show();
  await cards();
  await waitFor(() => expect(previews()).toHaveLength(1));
  await act(() => client.invalidateQueries({ queryKey: ['sheet'] }));
  await act(async () => countRevision({ kind: 'document', file: 'print', revision: 2 }));
  expect(previews()).toHaveLength(1);
  await act(async () => finish(made));
  await act(async () => countRevision({ kind: 'document', file: 'web', revision: 3 }));
  expect(previews()).toHaveLength(2);
  // The former picture stays until the new one is there.
  expect(screen.getAllByRole('listitem')[1]?.querySelector('img')).not.toBeNull();
});

test('actions try failures again, and show texts for web pages', async () => {
  show();
  const [, second, third] = await cards();
  await waitFor(() => expect(second?.querySelector('img')).not.toBeNull());
  act(retryFailed);
  await waitFor(() => expect(third?.querySelector('img')).not.toBeNull());
  expect(previews()).toHaveLength(2);
  act(() => showSnippet({ file: 'web', generator: 'card' }));
  expect(await screen.findByRole('dialog', { name: 'HTML for card' })).toBeInTheDocument();
});

test('the right button on a failed variant offers to retry it', async () => {
  show();
  const failed = (await cards()).at(-1) as HTMLElement;
  const before = previews().length;
  fireEvent.contextMenu(failed);
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Retry' }));
  await waitFor(() => expect(previews().length).toBeGreaterThan(before));
  expect(previews().at(-1)?.[1]).toMatchObject({ generator: 'card' });
});
