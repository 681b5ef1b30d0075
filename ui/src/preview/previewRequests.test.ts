import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Preview, PreviewArguments } from '@/api/bindings';
import { PATIENCE, previewRequests, QUIET, type Wish } from './previewRequests';
import { emptySlot, type PreviewSlot } from './slots';

interface Asked {
  wanted: PreviewArguments;
  answer: (change?: Partial<Preview>) => Promise<void>;
  refuse: (code: string, message?: string, can_retry?: boolean) => Promise<void>;
}

const active = { file: 'web.preset.toml', generator: 'hero', variation: null, format: null };

function wish(stamp: string, change: Partial<Wish> = {}): Wish {
  return { asset: 1, active, parameters: {}, stamp, slow: false, ...change };
}

function preview(url: string): Preview {
  return {
    url,
    key: url,
    format: 'jpeg',
    width: 1,
    height: 1,
    frames: 1,
    bytes: 1,
    source_bytes: 2,
    quality: null,
    score: null,
    ms: 1,
    cached: false,
    draft: false,
    notes: [],
    shows: null,
  };
}

let asked: Asked[];
let state: PreviewSlot;
let loads: { url: string; end: () => Promise<void> }[];
let loadsEndAtOnce: boolean;
let requests: ReturnType<typeof previewRequests>;

const settle = () => vi.advanceTimersByTimeAsync(0);
const at = (index: number) => {
  const one = asked[index];
  if (!one) throw new Error(`${index} was not asked`);
  return one;
};

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  loads = [];
  loadsEndAtOnce = true;
  state = emptySlot;
  requests = previewRequests('active', {
    ask: (wanted) =>
      new Promise((resolve, reject) => {
        asked.push({
          wanted,
          answer: (change = {}) => {
            resolve({ ...preview(`u${asked.length}`), draft: wanted.draft, ...change });
            return settle().then(() => {});
          },
          refuse: (code, message = 'no', can_retry = true) => {
            reject({ code, message, can_retry });
            return settle().then(() => {});
          },
        });
      }),
    load: (url) =>
      loadsEndAtOnce
        ? Promise.resolve(true)
        : new Promise((resolve) => {
            loads.push({
              url,
              end: () => {
                resolve(true);
                return settle().then(() => {});
              },
            });
          }),
    tell: (change) => {
      state = { ...state, ...change };
    },
  });
});

afterEach(() => vi.useRealTimers());

test('a quick encoder is asked for the real one at once', async () => {
  requests.want(wish('1'));
  expect(at(0).wanted).toMatchObject({ slot: 'active', asset: 1, generator: 'hero', draft: false });
  expect(state).toMatchObject({ busy: true, current: false });
  await at(0).answer({ url: 'a' });
  expect(state).toMatchObject({ busy: false, current: true, shown: { url: 'a' } });
  await vi.advanceTimersByTimeAsync(QUIET * 2);
  expect(asked).toHaveLength(1);
});

test('a slow encoder: a quick look, then the real one after a quiet moment', async () => {
  requests.want(wish('1', { slow: true }));
  expect(at(0).wanted.draft).toBe(true);
  await at(0).answer({ url: 'draft' });
  expect(state).toMatchObject({ busy: true, current: true, shown: { url: 'draft' } });
  await vi.advanceTimersByTimeAsync(QUIET - 10);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(10);
  expect(at(1).wanted.draft).toBe(false);
  await at(1).answer({ url: 'real' });
  expect(state).toMatchObject({ busy: false, shown: { url: 'real' } });
});

test('no real one while settings go on changing, and none where the quick look was real', async () => {
  requests.want(wish('1', { slow: true }));
  await at(0).answer({ url: 'd1' });
  await vi.advanceTimersByTimeAsync(QUIET - 10);
  requests.want(wish('2', { slow: true }));
  expect(at(1).wanted.draft).toBe(true);
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toHaveLength(2);
  await at(1).answer({ url: 'kept', draft: false });
  await vi.advanceTimersByTimeAsync(QUIET * 2);
  expect(asked).toHaveLength(2);
  expect(state.busy).toBe(false);
});

test('a drag shows steps on its way, and the newest at the end', async () => {
  requests.want(wish('1'));
  requests.want(wish('2'));
  requests.want(wish('3'));
  expect(asked).toHaveLength(1);
  await at(0).answer({ url: 'one' });
  expect(state).toMatchObject({ shown: { url: 'one' }, current: false, busy: true });
  expect(asked).toHaveLength(2);
  await at(1).answer({ url: 'three' });
  expect(state).toMatchObject({ shown: { url: 'three' }, current: true, busy: false });
});

test('a request that takes too long is taken back', async () => {
  requests.want(wish('1'));
  requests.want(wish('2'));
  await vi.advanceTimersByTimeAsync(PATIENCE);
  expect(asked).toHaveLength(2);
  await at(0).refuse('superseded');
  expect(state).toMatchObject({ error: null, busy: true });
  await at(1).answer({ url: 'two' });
  expect(state).toMatchObject({ shown: { url: 'two' }, current: true });
  expect(asked).toHaveLength(2);
});

test('a long encoding gives way at once', async () => {
  requests.want(wish('1', { slow: true }));
  await at(0).answer();
  await vi.advanceTimersByTimeAsync(QUIET);
  expect(at(1).wanted.draft).toBe(false);
  requests.want(wish('2', { slow: true }));
  expect(at(2).wanted.draft).toBe(true);
});

test('an older answer never comes after a newer one', async () => {
  requests.want(wish('1'));
  requests.want(wish('2'));
  await vi.advanceTimersByTimeAsync(PATIENCE);
  await at(1).answer({ url: 'two' });
  await at(0).answer({ url: 'one' });
  expect(state.shown?.url).toBe('two');
});

test('an older picture that loads late never replaces a newer one', async () => {
  loadsEndAtOnce = false;
  requests.want(wish('1'));
  await at(0).answer({ url: 'one' });
  requests.want(wish('2'));
  await at(1).answer({ url: 'two' });
  await loads[1]?.end();
  await loads[0]?.end();
  expect(state.shown?.url).toBe('two');
});

test('the old picture stays until the new one is loaded', async () => {
  requests.want(wish('1'));
  await at(0).answer({ url: 'one' });
  loadsEndAtOnce = false;
  requests.want(wish('2'));
  await at(1).answer({ url: 'two' });
  expect(state).toMatchObject({ shown: { url: 'one' }, current: false, busy: true });
  await loads[0]?.end();
  expect(state).toMatchObject({ shown: { url: 'two' }, current: true, busy: false });
});

test('another asset begins empty and asks at once', async () => {
  requests.want(wish('1'));
  await at(0).answer({ url: 'one' });
  requests.want(wish('1b'));
  requests.want(wish('1', { asset: 2 }));
  expect(asked).toHaveLength(3);
  expect(state.shown).toBeNull();
  await at(1).answer({ url: 'of the first' });
  expect(state.shown).toBeNull();
  await at(2).answer({ url: 'of the second' });
  expect(state.shown?.url).toBe('of the second');
});

test('an error is told in words, and goes with the next wish', async () => {
  requests.want(wish('1'));
  await at(0).refuse('unreadable', 'The file ends too early.');
  expect(state).toMatchObject({ error: 'The file ends too early.', busy: false });
  requests.want(wish('2'));
  expect(state.error).toBeNull();
  await at(1).answer();
  requests.want(wish('3'));
  await at(2).refuse('timeout');
  requests.retry();
  expect(state.busy).toBe(true);
  await at(3).answer({ url: 'again' });
  expect(state).toMatchObject({ error: null, shown: { url: 'again' } });
});

test('with an error, the picture of the same generator stays, and none of another', async () => {
  requests.want(wish('1'));
  await at(0).answer({ url: 'hero' });
  requests.want(wish('2'));
  await at(1).refuse('timeout');
  expect(state).toMatchObject({ shown: { url: 'hero' }, current: false });
  const broken = { ...active, generator: 'stamp' };
  requests.want(wish('3', { active: broken }));
  expect(state.shown?.url).toBe('hero');
  await at(2).refuse('invalid');
  expect(state).toMatchObject({ shown: null, of: null, error: 'no' });
});

test('a picture that loads after an error is not shown', async () => {
  loadsEndAtOnce = false;
  requests.want(wish('1'));
  await at(0).answer({ url: 'hero' });
  requests.want(wish('2', { active: { ...active, generator: 'stamp' } }));
  await at(1).refuse('invalid');
  await loads[0]?.end();
  expect(state).toMatchObject({ shown: null, error: 'no' });
});

test('the program says whether trying again can help', async () => {
  requests.want(wish('1'));
  await at(0).refuse('too_large', 'The picture is too large.', false);
  expect(state).toMatchObject({ error: 'The picture is too large.', canRetry: false });
  requests.want(wish('2'));
  await at(1).refuse('crashed');
  expect(state.canRetry).toBe(true);
});

test('nothing wanted: nothing shown, and what was on its way is dropped', async () => {
  requests.want(wish('1'));
  requests.want(null);
  await at(0).answer();
  expect(state).toMatchObject({ shown: null, busy: false });
  requests.want(wish('1'));
  expect(asked).toHaveLength(2);
});
