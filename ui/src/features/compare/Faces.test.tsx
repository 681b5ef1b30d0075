import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Asset, Assets, FaceBox } from '@/api/bindings';
import { call } from '@/api/rpc';
import { asset } from '@/testing/assets';
import { between, Faces, FaceTools } from './Faces';

vi.mock('@/api/rpc', () => ({ call: vi.fn(), picture: {} }));

const one: FaceBox = { x: 0.125, y: 0.25, width: 0.25, height: 0.5 };
const other: FaceBox = { ...one, x: 0.625 };

let client: QueryClient;
beforeEach(() => {
  vi.mocked(call).mockReset();
  vi.mocked(call).mockResolvedValue({} as never);
  client = new QueryClient();
});
afterEach(cleanup);

function show(of: Asset, faces: FaceBox[], adding = false) {
  client.setQueryData<Assets>(['assets'], { assets: [of], complete: true });
  const setAdding = vi.fn();
  render(
    <QueryClientProvider client={client}>
      <Faces asset={of} faces={faces} adding={adding} onAdded={() => setAdding(false)} />
      <FaceTools asset={of} faces={faces} adding={adding} setAdding={setAdding} />
    </QueryClientProvider>,
  );
  return setAdding;
}

const known = () => client.getQueryData<Assets>(['assets'])?.assets[0]?.faces;
const click = (name: string) =>
  act(async () => fireEvent.click(screen.getByRole('button', { name })));

it('shows the boxes, and keeps all but the one that is no face', async () => {
  show(asset(3), [one, other]);
  expect(document.querySelectorAll('[data-face]')).toHaveLength(2);
  screen.getByText('2 faces');
  await click('Not a face (1)');
  expect(call).toHaveBeenCalledWith('annotate', { kind: 'faces', asset: 3, faces: [other] });
  expect(known()).toEqual([other]);
});

it('has the faces found again once they were corrected', async () => {
  show(asset(3), [one]);
  expect(screen.getByRole('button', { name: 'Detect again' })).toHaveProperty('disabled', true);
  cleanup();
  show(asset(3, { faces: [] }), []);
  screen.getByText('No faces found');
  await click('Detect again');
  expect(call).toHaveBeenCalledWith('annotate', { kind: 'faces', asset: 3, faces: null });
  expect(known()).toBeNull();
});

it('begins and ends adding a face', async () => {
  const setAdding = show(asset(3), []);
  await click('Add face');
  expect(setAdding).toHaveBeenCalledWith(true);
  cleanup();
  const again = show(asset(3), [], true);
  await click('Draw a box around the face');
  expect(again).toHaveBeenCalledWith(false);
});

it('a box lies between its corners, whichever way it was drawn', () => {
  const box = { x: 0.1, y: 0.2, width: 0.4, height: 0.3 };
  const corners = [
    { x: 0.1, y: 0.2 },
    { x: 0.5, y: 0.5 },
  ] as const;
  expect(between(corners[0], corners[1])).toEqual(box);
  expect(between(corners[1], corners[0])).toEqual(box);
  expect(between({ x: 0.1, y: 0.5 }, { x: 0.5, y: 0.2 })).toEqual(box);
});
