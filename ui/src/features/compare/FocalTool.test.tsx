import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Assets, FocalPoint } from '@/api/bindings';
import { call } from '@/api/rpc';
import { usePreviews } from '@/preview/slots';
import { initialView, useView } from '@/state/view';
import { asset } from '@/testing/assets';
import { preview } from '@/testing/previews';
import { FocalTool } from './FocalTool';

vi.mock('@/api/rpc', () => ({
  call: vi.fn(),
  picture: { original: () => 'variant:o', thumbnail: () => 'variant:t' },
}));

vi.stubGlobal(
  'ResizeObserver',
  class {
    constructor(private readonly tell: ResizeObserverCallback) {}
    observe() {
      this.tell([{ contentRect: new DOMRect(0, 0, 800, 600) }] as never, this as never);
    }
    disconnect() {}
  },
);
vi.stubGlobal(
  'DOMRect',
  class {
    constructor(
      readonly x = 0,
      readonly y = 0,
      readonly width = 0,
      readonly height = 0,
    ) {}
  },
);

const lake = asset(3, { path: 'lake.jpg' });

let client: QueryClient;
let answers: (() => void)[];
beforeEach(() => {
  useView.setState(initialView);
  answers = [];
  vi.mocked(call).mockClear();
  vi.mocked(call).mockImplementation(
    (() => new Promise((resolve) => answers.push(() => resolve({})))) as never,
  );
  client = new QueryClient();
  client.setQueryData<Assets>(['assets'], { assets: [lake], complete: true });
  render(
    <QueryClientProvider client={client}>
      <FocalTool asset={lake} size={{ width: 400, height: 300 }} />
    </QueryClientProvider>,
  );
});
afterEach(cleanup);

const known = (): FocalPoint | null | undefined =>
  client.getQueryData<Assets>(['assets'])?.assets[0]?.focal;
const shown = () => screen.getByRole('slider').getAttribute('aria-valuetext');
const answer = () => act(async () => answers.shift()?.());

it('moves at once, and is known to others only once the program knows it', async () => {
  fireEvent.keyDown(screen.getByRole('slider'), { key: 'ArrowLeft' });
  expect(shown()).toBe('49% from the left, 50% from the top');
  expect(known()).toBeNull();
  await answer();
  expect(known()).toEqual({ x: 0.49, y: 0.5 });
});

it('sends one place at a time, and of those that wait only the last', async () => {
  for (let time = 0; time < 3; time += 1) {
    fireEvent.keyDown(screen.getByRole('slider'), { key: 'ArrowUp', shiftKey: true });
  }
  expect(shown()).toBe('50% from the left, 35% from the top');
  expect(answers).toHaveLength(1);
  await answer();
  expect(shown()).toBe('50% from the left, 35% from the top');
  expect(known()).toEqual({ x: 0.5, y: 0.45 });
  await answer();
  expect(known()).toEqual({ x: 0.5, y: 0.35 });
  expect(call).toHaveBeenCalledTimes(2);
});

it('labels of frames with the same corner do not lie on each other', () => {
  const generators = ['hero', 'tile', 'card'].map((generator) => ({
    ...{ file: 'web.preset.toml', generator, variation: null, format: null },
  }));
  const [active = null, ...beside] = generators;
  act(() => {
    for (const generator of generators) {
      const slot = generator === active ? 'active' : `focal ${JSON.stringify(generator)}`;
      const of = { asset: 3, active: generator };
      usePreviews.getState().set(slot, { of, shown: preview({ placement: [1, 0, 0, 1, 0, 0] }) });
    }
    useView.setState({ active, beside });
  });
  const tops = ['hero', 'tile', 'card'].map((name) => screen.getByText(name).style.top);
  expect(new Set(tops).size).toBe(3);
});
