import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TooltipProvider } from '@/components/Tooltip';
import { usePreviews } from '@/preview/slots';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { asset } from '@/testing/assets';
import { preview } from '@/testing/previews';
import { Compare } from './Compare';
import { useCompare } from './useCompare';
import { usePointer } from './usePointer';

vi.mock('@/api/rpc', async (original) => ({
  ...(await original<object>()),
  call: vi.fn(() => new Promise(() => {})),
}));

HTMLImageElement.prototype.decode = () => new Promise(() => {});

const active = { file: 'web.preset.toml', generator: 'hero', variation: null, format: null };

beforeEach(() => {
  const client = new QueryClient();
  client.setQueryData(['assets'], { assets: [asset(3, { path: 'lake.jpg' })], complete: true });
  client.setQueryData(['presets'], []);
  useView.setState({ ...initialView, current: 'compare', active });
  useSelection.getState().set([3], 3, 3);
  usePointer.setState({ pane: null, isLoupeOn: false, isLoupeHeld: false, factor: 2 });
  useCompare.setState({ tool: 'look', trials: null });
  usePreviews.setState({
    slots: {
      active: {
        ...{ shown: preview({ width: 300, height: 200 }), of: { asset: 3, active } },
        ...{ drawable: true, current: true, busy: false, error: null },
        ...{ unmatched: false, canRetry: true },
      },
    },
  });
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Compare />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  act(() =>
    useCompare.getState().setScene({
      ...{ pane: { width: 800, height: 600 }, pixels: 300, density: 1 },
      rect: { left: 0, top: 0, width: 1, height: 2 / 3 },
    }),
  );
});
afterEach(cleanup);

const loupe = () => screen.queryByRole('img', { name: /^Loupe/ });
const pane = () => screen.getByRole('group', { name: 'Split' });

test('it is there while its key is held, and at the pointer', () => {
  fireEvent.pointerMove(pane(), { clientX: 400, clientY: 300 });
  expect(loupe()).toBeNull();
  fireEvent.keyDown(document.body, { key: 'l' });
  expect(loupe()).toHaveAccessibleName('Loupe: original and variant at 200%');
  expect(loupe()?.style.left).toBe('210px');
  fireEvent.wheel(pane(), { deltaY: -100 });
  expect(loupe()).toHaveAccessibleName(/400%/);
  fireEvent.keyUp(document.body, { key: 'l' });
  expect(loupe()).toBeNull();
});

test('by keyboard alone it is toggled, moved, set and closed', () => {
  fireEvent.click(screen.getByRole('button', { name: 'Loupe (hold L)' }));
  expect(loupe()).not.toBeNull();
  act(() => pane().focus());
  act(() => usePointer.getState().set({ x: 400, y: 300 }));
  fireEvent.keyDown(pane(), { key: 'ArrowRight', shiftKey: true });
  // The arrow moves the loupe, not the picture: jsdom's pane has no size, so that it ends at 0.
  expect(usePointer.getState().x).not.toBe(400);
  expect(useCompare.getState().fits).toBe(true);
  fireEvent.keyDown(pane(), { key: '1' });
  expect(loupe()).toHaveAccessibleName(/100%/);
  fireEvent.keyDown(pane(), { key: 'Escape' });
  expect(loupe()).toBeNull();
});
