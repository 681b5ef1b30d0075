import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { call } from '@/api/rpc';
import { useNotices } from '@/state/notices';
import { renderAll, stopRendering, useRenderAll } from './renderAll';

vi.mock('@/api/rpc', async (original) => ({
  ...(await original<typeof import('@/api/rpc')>()),
  call: vi.fn(),
}));

const variant = { file: 'web', generator: 'hero', variation: null, format: 'jpeg' };
const rendered: number[] = [];
let answer: (asset: number) => Promise<unknown>;

beforeEach(() => {
  rendered.length = 0;
  answer = () => Promise.resolve({});
  vi.mocked(call).mockImplementation(((name: string, given: { asset: number }) => {
    if (name === 'sheet') {
      const variants = [
        { ...variant, url: null, fault: null },
        { ...variant, url: 'variant:1', fault: null },
        { ...variant, url: null, fault: { code: 'invalid', message: 'No.' } },
      ];
      return Promise.resolve({ variants });
    }
    rendered.push(given.asset);
    return answer(given.asset);
  }) as never);
});
afterEach(() => useNotices.setState({ notices: [] }));

const isOver = () => vi.waitFor(() => expect(useRenderAll.getState().total).toBe(0));

it('renders what is missing of each image, and nothing else', async () => {
  renderAll([1, 2, 3]);
  expect(useRenderAll.getState()).toEqual({ total: 3, done: 0 });
  await isOver();
  expect(rendered).toEqual([1, 2, 3]);
  expect(useNotices.getState().notices).toEqual([]);
});

it('goes on after a failure and tells it once, at the end', async () => {
  answer = (asset) => (asset === 3 ? Promise.resolve({}) : Promise.reject(new Error('Too large.')));
  renderAll([1, 2, 3]);
  await isOver();
  await vi.waitFor(() => expect(useNotices.getState().notices).toHaveLength(1));
  expect(rendered).toEqual([1, 2, 3]);
  expect(useNotices.getState().notices[0]?.message).toBe(
    '2 variants could not be rendered. The first: Too large.',
  );
});

it('begins no other image once it is stopped', async () => {
  let finish = () => {};
  answer = () => new Promise((resolve) => (finish = () => resolve({})));
  renderAll([1, 2, 3]);
  await vi.waitFor(() => expect(rendered).toEqual([1]));
  stopRendering();
  expect(useRenderAll.getState().total).toBe(0);
  finish();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(rendered).toEqual([1]);
});
