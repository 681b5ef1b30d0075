import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { isEnabled } from '@/actions/perform';
import { actionOf } from '@/actions/registry';
import type { PresetFile } from '@/api/bindings';
import { useDialogs } from '@/state/dialogs';
import { asset } from '@/testing/assets';
import { Toolbar } from './Toolbar';

vi.mock('@/api/rpc', () => ({ call: vi.fn(), onEvents: vi.fn(), isApiError: () => false }));

const preset = (broken: boolean) =>
  ({ file: 'web', trouble: null, generators: [{ name: 'hero', broken }] }) as unknown as PresetFile;

function show({ images = 1, presets = [preset(false)], complete = true }) {
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  const assets = Array.from({ length: images }, (_, id) => asset(id));
  client.setQueryData(['assets'], { assets, complete });
  client.setQueryData(['presets'], presets);
  client.setQueryData(['start_up'], { workspace: { path: '/w', name: 'w' }, recent: [] });
  render(
    <QueryClientProvider client={client}>
      <Toolbar />
    </QueryClientProvider>,
  );
  const action = actionOf('file.export');
  return { isOn: action !== undefined && isEnabled(action, { client }) };
}

const button = () => screen.getByRole('button', { name: 'Export…' });

afterEach(() => {
  cleanup();
  useDialogs.getState().close();
});

test('exports where there is something to export, also while the folder is being scanned', async () => {
  expect(show({ images: 0, complete: false }).isOn).toBe(true);
  cleanup();
  expect(show({}).isOn).toBe(true);
  expect(button()).not.toHaveAttribute('aria-disabled');
  await userEvent.click(button());
  expect(useDialogs.getState().open).toBe('export');
});

test.each([
  ['this folder has no images', { images: 0 }],
  ['create a preset first', { presets: [] }],
  ['every generator has an error', { presets: [preset(true)] }],
])('with nothing to export it is disabled and says why: %s', async (reason, given) => {
  expect(show(given).isOn).toBe(false);
  expect(button()).toHaveAttribute('aria-disabled', 'true');
  expect(button()).toHaveAccessibleDescription(new RegExp(reason));
  await userEvent.click(button());
  expect(useDialogs.getState().open).toBeNull();
});

test('every view has its name beside its icon, for where there is room', () => {
  show({});
  for (const name of ['Grid', 'Matrix', 'Compare', 'Sheet'])
    expect(screen.getByRole('button', { name })).toHaveTextContent(name);
});
