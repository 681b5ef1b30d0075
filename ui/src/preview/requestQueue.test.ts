import { expect, test, vi } from 'vitest';
import { requestQueue } from './requestQueue';

test('what is cancelled while it runs is ended, unless another request takes its slot', () => {
  const end = vi.fn();
  const sent: string[] = [];
  const request = requestQueue(
    1,
    (item: string) => {
      sent.push(item);
      return new Promise<never>(() => {});
    },
    end,
  );
  const [first, second] = ['first', 'second'].map((item) => request(item, vi.fn(), vi.fn()));
  first?.();
  expect(sent).toEqual(['first', 'second']);
  expect(end).not.toHaveBeenCalled();
  second?.();
  expect(end).toHaveBeenCalledExactlyOnceWith(0);
});
