import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Asset } from '@/api/bindings';
import { flushAll } from '@/state/flush';
import { useSelection } from '@/state/selection';
import { asset } from '@/testing/assets';
import { AssetPanel } from './AssetPanel';
import { meanOf, most } from './Histogram';

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock('@/api/rpc', async (original) => ({
  ...(await original<typeof import('@/api/rpc')>()),
  call,
}));

const counts = (...levels: number[]) =>
  Array.from({ length: 256 }, (_, level) => levels.filter((one) => one === level).length);
const histogram = { luminance: counts(51, 51), red: counts(9), green: counts(8), blue: counts(7) };
const lake = asset(1, { path: 'photos/lake.jpg', title: 'Lake', rating: 4 });
const metadata = {
  'exif.Model': 'X100V',
  'exif.FNumber': 'f/5.6',
  'xmp.rating': '4',
  'xmp.label': 'Red',
  'iptc.city': 'Rome',
  xmp: '900 bytes',
};

let client: QueryClient;
const show = (assets: Asset[]) =>
  act(() => client.setQueryData(['assets'], { assets, complete: true }));

beforeEach(() => {
  call.mockReset();
  call.mockImplementation(async (name: string) =>
    name === 'histogram'
      ? histogram
      : name === 'asset_details'
        ? { asset: lake, profile: 'Display P3', depth: 8, metadata }
        : {},
  );
  client = new QueryClient({ defaultOptions: { queries: { staleTime: 1e9, retry: false } } });
  client.setQueryData(['start_up'], { workspace: { path: '/w', read_only: null } });
  useSelection.getState().set([1], 1, 1);
  client.setQueryData(['assets'], { assets: [lake], complete: true });
  render(
    <QueryClientProvider client={client}>
      <AssetPanel />
    </QueryClientProvider>,
  );
});
afterEach(cleanup);

const sent = () => call.mock.calls.flatMap(([name, given]) => (name === 'annotate' ? [given] : []));

test('shows histogram, profile, rating, label and what the camera wrote', async () => {
  expect(await screen.findByText('Display P3')).toBeInTheDocument();
  expect(await screen.findByRole('img', { name: /mean brightness 20%/ })).toBeInTheDocument();
  expect(screen.getByText('4 stars')).toBeInTheDocument();
  for (const text of ['Red', 'X100V', 'f/5.6', 'Rome'])
    expect(screen.getAllByText(text).length, text).toBeGreaterThan(0);
  expect(screen.getByText('1 more field')).toBeInTheDocument();
});

test('title and alt text are sent once the typing rests, and before anything is exported', async () => {
  const alt = screen.getByRole('textbox', { name: 'Alt text' });
  await userEvent.type(alt, 'A lake at dusk');
  expect(sent()).toEqual([]);
  await act(flushAll);
  expect(sent()).toEqual([
    { kind: 'texts', asset: 1, title: 'Lake', alt: 'A lake at dusk', gesture: expect.any(String) },
  ]);
  await userEvent.type(screen.getByRole('textbox', { name: 'Title' }), 's{Enter}');
  await waitFor(() => expect(sent().at(-1)).toMatchObject({ title: 'Lakes' }));
});

test('what is undone elsewhere is shown, and typing for another image is not lost', async () => {
  const title = () => screen.getByRole('textbox', { name: 'Title' });
  expect(title()).toHaveValue('Lake');
  show([{ ...lake, title: null }]);
  await waitFor(() => expect(title()).toHaveValue(''));
  await userEvent.type(title(), 'Sea');
  show([{ ...lake, title: null }, asset(2)]);
  act(() => useSelection.getState().set([2], 2, 2));
  await waitFor(() => expect(sent()).toMatchObject([{ asset: 1, title: 'Sea' }]));
  await waitFor(() => expect(title()).toHaveValue(''));
});

test('a histogram is scaled by what lies between black and white', () => {
  const dark = { ...histogram, luminance: counts(...Array(50).fill(0), 9, 9, 9) };
  expect(most(dark)).toBe(3);
  expect(meanOf(counts(0, 255))).toBe(50);
  expect(meanOf(counts())).toBe(0);
});
