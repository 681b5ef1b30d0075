import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TooltipProvider } from '@/components/Tooltip';
import { useSelection } from '@/state/selection';
import { initialView, useView } from '@/state/view';
import { asset } from '@/testing/assets';
import { Compare } from './Compare';
import { useCompare } from './useCompare';

vi.mock('@/api/rpc', async (original) => ({
  ...(await original<object>()),
  call: vi.fn(() => new Promise(() => {})),
}));

HTMLImageElement.prototype.decode = () => new Promise(() => {});

beforeEach(() => {
  const client = new QueryClient();
  client.setQueryData(['assets'], { assets: [asset(3, { path: 'lake.jpg' })], complete: true });
  client.setQueryData(['presets'], []);
  const active = { file: 'web.preset.toml', generator: 'hero', variation: null, format: null };
  useView.setState({ ...initialView, current: 'compare', active });
  useSelection.getState().set([3], 3, 3);
  useCompare.setState({ tool: 'look' });
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
