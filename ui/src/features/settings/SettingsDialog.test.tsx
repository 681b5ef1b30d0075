import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { isEnabled } from '@/actions/perform';
import { actionOf } from '@/actions/registry';
import type { Settings } from '@/api/bindings';
import { useDialogs } from '@/state/dialogs';
import { SettingsDialog } from './SettingsDialog';

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock('@/api/rpc', async (original) => ({
  ...(await original<typeof import('@/api/rpc')>()),
  call,
}));

const settings: Settings = {
  theme: 'system',
  interface_scale: 100,
  workers: null,
  on_demand_share: 80,
  max_memory: null,
  timeout_seconds: 60,
  cache_bytes: 2 ** 30,
  render_eager: true,
  notify: true,
};

afterEach(() => {
  act(() => useDialogs.getState().close());
  cleanup();
});

test('the interface scale is chosen here, and by actions that end where the scales do', async () => {
  call.mockResolvedValue({});
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  client.setQueryData(['start_up'], { settings, workspace: null, recent: [] });
  render(
    <QueryClientProvider client={client}>
      <SettingsDialog />
    </QueryClientProvider>,
  );
  act(() => useDialogs.getState().show('settings'));
  await userEvent.click(await screen.findByRole('button', { name: '125%' }));
  await waitFor(() =>
    expect(call).toHaveBeenCalledWith('set_settings', { ...settings, interface_scale: 125 }),
  );

  const context = { client };
  const larger = actionOf('view.larger');
  const isOn = () => larger !== undefined && isEnabled(larger, context);
  expect(isOn()).toBe(true);
  await act(async () => larger?.perform(context));
  expect(call).toHaveBeenLastCalledWith('set_settings', { ...settings, interface_scale: 150 });
  expect(isOn()).toBe(false);
  expect(actionOf('view.scale150')?.checked?.(context)).toBe(true);
  await act(async () => actionOf('view.scale100')?.perform(context));
  expect(call).toHaveBeenLastCalledWith('set_settings', settings);
});
