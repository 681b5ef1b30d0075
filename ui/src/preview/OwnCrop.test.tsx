import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { Asset, Assets } from '@/api/bindings';
import { call } from '@/api/rpc';
import { asset } from '@/testing/assets';
import { libraryClient } from '@/testing/library';
import { OwnCrop } from './OwnCrop';

vi.mock('@/api/rpc', () => ({ call: vi.fn(() => Promise.resolve({})) }));
afterEach(cleanup);

const frame = { x: 0, y: 0, width: 0.5, height: 0.5 };
const show = (shown: Asset, generator: string) => {
  const client = libraryClient([shown]);
  render(
    <QueryClientProvider client={client}>
      <OwnCrop asset={shown} active={{ file: 'web', generator, variation: null, format: null }} />
    </QueryClientProvider>,
  );
  return client;
};

it('is there for the generator that has one, and takes it back alone', async () => {
  const lake = asset(1, { crops: { hero: frame, card: frame } });
  const client = show(lake, 'hero');
  fireEvent.click(screen.getByRole('button', { name: 'Reset' }));
  expect(call).toHaveBeenCalledWith('annotate', {
    kind: 'crop',
    asset: 1,
    generator: 'hero',
    frame: null,
    gesture: null,
  });
  await vi.waitFor(() =>
    expect(client.getQueryData<Assets>(['assets'])?.assets[0]?.crops).toEqual({ card: frame }),
  );
});

it('is not there for another generator', () => {
  show(asset(1, { crops: { hero: frame } }), 'card');
  expect(screen.queryByText('Cropped by hand')).toBeNull();
});
