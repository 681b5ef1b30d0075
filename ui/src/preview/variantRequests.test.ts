import { beforeEach, expect, test, vi } from 'vitest';
import { AT_ONCE, request, type VariantArguments } from './variantRequests';

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock('@/api/rpc', async (original) => ({
  ...(await original<typeof import('@/api/rpc')>()),
  call,
}));

const wanted = (asset: number): VariantArguments => ({
  ...{ asset, file: 'web', generator: 'hero', variation: null, format: 'webp' },
});
const slots = () => call.mock.calls.map(([, { asset, slot }]) => [asset, slot]);
const tick = () => new Promise((resolve) => setTimeout(resolve));

let answers: ((preview: unknown) => void)[];
beforeEach(() => {
  answers = [];
  call.mockReset();
  call.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
});

test('a few run at once, the next one begins when one ends', async () => {
  const took: number[] = [];
  const stops = Array.from({ length: AT_ONCE + 2 }, (_, asset) =>
    request(wanted(asset), () => took.push(asset), vi.fn()),
  );
  expect(call).toHaveBeenCalledTimes(AT_ONCE);
  answers[1]?.({});
  await tick();
  expect(took).toEqual([1]);
  expect(slots().at(-1)).toEqual([AT_ONCE, 'sheet-1']);
  for (const stop of stops) stop();
});

test('what waits and is taken back never runs; the slot of what ran is free', async () => {
  const took = vi.fn();
  const stops = Array.from({ length: AT_ONCE }, (_, asset) =>
    request(wanted(asset), took, vi.fn()),
  );
  const waiting = request(wanted(98), took, vi.fn());
  const last = request(wanted(99), took, vi.fn());
  waiting();
  stops[0]?.();
  expect(slots().at(-1)).toEqual([99, 'sheet-0']);
  expect(slots().some(([asset]) => asset === 98)).toBe(false);
  answers[0]?.({});
  await tick();
  expect(took).not.toHaveBeenCalled();
  for (const stop of [...stops, last]) stop();
});

test('a failure is reported, and frees its slot', async () => {
  call.mockRejectedValueOnce({ code: 'unreadable', message: 'No.' });
  const fail = vi.fn();
  request(wanted(1), vi.fn(), fail);
  await tick();
  expect(fail).toHaveBeenCalledWith({ code: 'unreadable', message: 'No.' });
  const stop = request(wanted(2), vi.fn(), vi.fn());
  expect(slots().at(-1)).toEqual([2, 'sheet-0']);
  stop();
});

test('a request that was overtaken begins again', async () => {
  call.mockRejectedValueOnce({ code: 'superseded', message: 'A newer one came.' });
  const [take, fail] = [vi.fn(), vi.fn()];
  request(wanted(1), take, fail);
  await tick();
  expect(fail).not.toHaveBeenCalled();
  expect(call).toHaveBeenCalledTimes(2);
  answers[0]?.({});
  await tick();
  expect(take).toHaveBeenCalledTimes(1);
});
