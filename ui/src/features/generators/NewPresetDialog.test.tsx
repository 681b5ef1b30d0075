import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test, vi } from 'vitest';
import { useNewPreset } from '@/documents/generators';
import { NewPresetDialog } from './NewPresetDialog';

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock('@/api/rpc', () => ({ call }));

beforeEach(() => {
  call.mockReset();
  call.mockImplementation((name: string) => Promise.resolve(name === 'presets' ? [] : {}));
  const client = new QueryClient();
  client.setQueryData(['presets'], []);
  useNewPreset.setState({ open: true });
  render(
    <QueryClientProvider client={client}>
      <NewPresetDialog />
    </QueryClientProvider>,
  );
});

test('a starter has a picture, and names the file until a name is typed', async () => {
  const starters = [...document.querySelectorAll('[data-starter]')];
  expect(starters).toHaveLength(10);
  const bare = starters.filter((starter) => !starter.querySelector('img'));
  expect(bare.map((starter) => starter.getAttribute('data-starter'))).toEqual(['blank']);
  const user = userEvent.setup();
  const name = screen.getByRole('textbox', { name: 'Name' });
  expect(screen.getByRole('radio', { name: /^Blank/ })).toBeChecked();
  expect(screen.getByRole('button', { name: 'Create' })).toBeDisabled();
  await user.click(screen.getByRole('radio', { name: /^Shop on white/ }));
  expect(name).toHaveValue('shop');
  await user.clear(name);
  await user.type(name, 'store/web');
  await user.click(screen.getByRole('radio', { name: /^Newsletter/ }));
  expect(name).toHaveValue('store/web');
  await user.click(screen.getByRole('button', { name: 'Create' }));
  const asked = { file: 'store/web.preset.toml', starter: 'newsletter' };
  expect(call).toHaveBeenCalledWith('create_preset', asked);
});
