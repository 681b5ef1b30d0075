import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Preview } from '@/api/bindings';
import { call } from '@/api/rpc';
import { TooltipProvider } from '@/components/Tooltip';
import { usePreviews } from '@/preview/slots';
import { useDialogs } from '@/state/dialogs';
import { useSections } from '@/state/sections';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { asset } from '@/testing/assets';
import { preview } from '@/testing/previews';
import { Compare } from './Compare';
import { useCompare } from './useCompare';

vi.mock('@/api/rpc', async (original) => ({
  ...(await original<object>()),
  call: vi.fn(() => new Promise(() => {})),
}));

HTMLImageElement.prototype.decode = () => new Promise(() => {});

beforeEach(() => {
  const client = new QueryClient();
  client.setQueryData(['assets'], {
    assets: [asset(3, { path: 'lake.jpg' }), asset(4)],
    complete: true,
  });
  client.setQueryData(['presets'], []);
  const active = { file: 'web.preset.toml', generator: 'hero', variation: null, format: null };
  useView.setState({ ...initialView, current: 'compare', active });
  useSelection.getState().set([3], 3, 3);
  useCompare.setState({ tool: 'look' });
  usePreviews.setState({ slots: {} });
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Compare />
      </TooltipProvider>
    </QueryClientProvider>,
  );
});
afterEach(cleanup);

test.each(['crop', 'focal'] as const)(
  'Escape leaves the %s tool, also from its toolbar',
  (tool) => {
    fireEvent.click(
      screen.getByRole('button', { name: tool === 'crop' ? /^Crop/ : /^Focal point/ }),
    );
    expect(useCompare.getState().tool).toBe(tool);
    const button = screen.getAllByRole('button').at(-1) as HTMLElement;
    button.focus();
    fireEvent.keyDown(button, { key: 'Escape' });
    expect(useCompare.getState().tool).toBe('look');
  },
);

describe('a variant beside or over its original', () => {
  const active = { file: 'web.preset.toml', generator: 'hero', variation: null, format: null };
  const show = (change: Partial<Preview>) =>
    act(() =>
      usePreviews.getState().set('active', {
        ...{ shown: preview(change), of: { asset: 3, active }, current: true, busy: false },
      }),
    );
  const box = (name: RegExp) => {
    const layer = screen.getByRole('img', { name }).parentElement as HTMLElement;
    return [Number.parseFloat(layer.style.width), Number.parseFloat(layer.style.height)] as const;
  };

  test('it is drawn in its own proportion, with the original inside it', () => {
    // 30 x 20, contained in a square.
    show({ width: 600, height: 600, placement: [1, 0, 0, 2 / 3, 0, 1 / 6] });
    const [width, height] = box(/^Variant of/);
    expect(width).toBeCloseTo(height);
    const original = screen.getByRole('img', { name: /^Original of/ });
    const matrix = original.style.transform.match(/-?[\d.e-]+/g)?.map(Number) ?? [];
    expect(matrix.slice(0, 4).map((one) => Math.round(one * 1e6) / 1e6)).toEqual([1, 0, 0, 1]);
    expect(matrix[5]).toBeCloseTo(height / 6);
    expect(screen.getByRole('slider', { name: /Divider/ })).toBeInTheDocument();
  });

  test('a stretched one says so', () => {
    show({ width: 600, height: 600, placement: [1, 0, 0, 1, 0, 0] });
    expect(screen.getByText('stretched: 50% taller')).toBeInTheDocument();
    show({ width: 600, height: 400, placement: [1, 0, 0, 1, 0, 0] });
    expect(screen.queryByText(/^stretched/)).toBeNull();
  });

  test('where it lies is unknown: they stand side by side, and it is said', () => {
    show({ width: 600, height: 600, placement: null });
    expect(screen.getByText(/can’t be laid over/)).toBeInTheDocument();
    expect(screen.queryByRole('slider', { name: /Divider/ })).toBeNull();
    expect(box(/^Original of/)[0] / box(/^Original of/)[1]).toBeCloseTo(1.5);
  });
});

test('the right button opens our menu', async () => {
  fireEvent.contextMenu(screen.getByRole('group', { name: 'Split' }));
  const entries = await screen.findAllByRole('menuitem');
  expect(entries.map(({ firstChild }) => firstChild?.nextSibling?.textContent)).toEqual([
    'Zoom to fit',
    'Actual size (100%)',
    'All variants',
    'Copy image',
    'Copy HTML…',
    'Show in File Manager',
    'Save variant as…',
    'Export…',
  ]);
  fireEvent.click(screen.getByRole('menuitem', { name: 'Export…' }));
  expect(useDialogs.getState()).toMatchObject({
    open: 'export',
    subject: { generators: [{ file: 'web.preset.toml', generator: 'hero' }] },
  });
});

test('a generator that does not apply is no error, and a matching image is a click away', async () => {
  const active = useView.getState().active;
  act(() =>
    usePreviews.getState().set('active', {
      ...{ shown: null, of: null, busy: false },
      ...{ error: '“hero” only applies to photos/**.', unmatched: true, canRetry: false },
    }),
  );
  expect(screen.queryByRole('alert')).toBeNull();
  const note = screen.getByRole('note');
  expect(note).toHaveTextContent('only applies to photos/**');
  vi.mocked(call).mockImplementation((async (name: string) =>
    name === 'matrix' ? { rows: [{ asset: 4, cells: [active] }] } : {}) as never);
  fireEvent.click(screen.getByRole('button', { name: 'Show a matching image' }));
  await waitFor(() => expect(useSelection.getState().focus).toBe(4));
  fireEvent.click(screen.getByRole('button', { name: 'Edit rule' }));
  expect(useSections.getState().open.match).toBe(true);
});

test('the crop begins with what the rule shows of the picture', () => {
  const active = useView.getState().active as NonNullable<
    ReturnType<typeof useView.getState>['active']
  >;
  act(() =>
    usePreviews.getState().set('active', {
      // The middle half of 30 x 20.
      ...{ shown: preview({ placement: [2, 0, 0, 1, -0.5, 0] }), of: { asset: 3, active } },
    }),
  );
  fireEvent.click(screen.getByRole('button', { name: /^Crop/ }));
  expect(screen.getByText('15 × 20')).toBeInTheDocument();
});
