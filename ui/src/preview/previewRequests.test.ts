import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Preview, PreviewArguments } from '@/api/bindings';
import { preview } from '@/testing/previews';
import { FINAL_AFTER, type PreviewTarget, previewRequests, REPLACE_AFTER } from './previewRequests';
import { emptySlot, type PreviewSlot } from './slots';

interface Sent {
  arguments_: PreviewArguments;
  answer: (change?: Partial<Preview>) => Promise<void>;
  refuse: (code: string, message?: string, can_retry?: boolean) => Promise<void>;
}

const active = { file: 'web.preset.toml', generator: 'hero', variation: null, format: null };

function target(version: string, change: Partial<PreviewTarget> = {}): PreviewTarget {
  return { asset: 1, active, parameters: {}, version, slow: false, ...change };
}

let sent: Sent[];
let state: PreviewSlot;
let loads: { url: string; end: () => Promise<void> }[];
let loadsEndAtOnce: boolean;
let requests: ReturnType<typeof previewRequests>;

const settle = () => vi.advanceTimersByTimeAsync(0);
const at = (index: number) => {
  const one = sent[index];
  if (!one) throw new Error(`${index} was not sent`);
  return one;
};

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  loads = [];
  loadsEndAtOnce = true;
  state = emptySlot;
  requests = previewRequests('active', {
    request: (arguments_) =>
      new Promise((resolve, reject) => {
        sent.push({
          arguments_,
          answer: (change = {}) => {
            resolve(preview({ url: `u${sent.length}`, draft: arguments_.draft, ...change }));
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
    update: (change) => {
      state = { ...state, ...change };
    },
  });
});

afterEach(() => vi.useRealTimers());

test('a quick encoder is sent for the real one at once', async () => {
  requests.setTarget(target('1'));
  expect(at(0).arguments_).toMatchObject({
    slot: 'active',
    asset: 1,
    generator: 'hero',
    draft: false,
  });
  expect(state).toMatchObject({ busy: true, current: false });
  await at(0).answer({ url: 'a' });
  expect(state).toMatchObject({ busy: false, current: true, shown: { url: 'a' } });
  await vi.advanceTimersByTimeAsync(FINAL_AFTER * 2);
  expect(sent).toHaveLength(1);
});

test('a slow encoder: a quick look, then the real one after a quiet moment', async () => {
  requests.setTarget(target('1', { slow: true }));
  expect(at(0).arguments_.draft).toBe(true);
  await at(0).answer({ url: 'draft' });
  expect(state).toMatchObject({ busy: true, current: true, shown: { url: 'draft' } });
  await vi.advanceTimersByTimeAsync(FINAL_AFTER - 10);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(10);
  expect(at(1).arguments_.draft).toBe(false);
  await at(1).answer({ url: 'real' });
  expect(state).toMatchObject({ busy: false, shown: { url: 'real' } });
});

test('no real one while settings go on changing, and none where the quick look was real', async () => {
  requests.setTarget(target('1', { slow: true }));
  await at(0).answer({ url: 'd1' });
  await vi.advanceTimersByTimeAsync(FINAL_AFTER - 10);
  requests.setTarget(target('2', { slow: true }));
  expect(at(1).arguments_.draft).toBe(true);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent).toHaveLength(2);
  await at(1).answer({ url: 'kept', draft: false });
  await vi.advanceTimersByTimeAsync(FINAL_AFTER * 2);
  expect(sent).toHaveLength(2);
  expect(state.busy).toBe(false);
});

test('a drag shows steps on its way, and the newest at the end', async () => {
  requests.setTarget(target('1'));
  requests.setTarget(target('2'));
  requests.setTarget(target('3'));
  expect(sent).toHaveLength(1);
  await at(0).answer({ url: 'one' });
  expect(state).toMatchObject({ shown: { url: 'one' }, current: false, busy: true });
  expect(sent).toHaveLength(2);
  await at(1).answer({ url: 'three' });
  expect(state).toMatchObject({ shown: { url: 'three' }, current: true, busy: false });
});

test('a request that takes too long is taken back', async () => {
  requests.setTarget(target('1'));
  requests.setTarget(target('2'));
  await vi.advanceTimersByTimeAsync(REPLACE_AFTER);
  expect(sent).toHaveLength(2);
  await at(0).refuse('superseded');
  expect(state).toMatchObject({ error: null, busy: true });
  await at(1).answer({ url: 'two' });
  expect(state).toMatchObject({ shown: { url: 'two' }, current: true });
  expect(sent).toHaveLength(2);
});

test('a long encoding gives way at once', async () => {
  requests.setTarget(target('1', { slow: true }));
  await at(0).answer();
  await vi.advanceTimersByTimeAsync(FINAL_AFTER);
  expect(at(1).arguments_.draft).toBe(false);
  requests.setTarget(target('2', { slow: true }));
  expect(at(2).arguments_.draft).toBe(true);
});

test('an older answer never comes after a newer one', async () => {
  requests.setTarget(target('1'));
  requests.setTarget(target('2'));
  await vi.advanceTimersByTimeAsync(REPLACE_AFTER);
  await at(1).answer({ url: 'two' });
  await at(0).answer({ url: 'one' });
  expect(state.shown?.url).toBe('two');
});

test('an older picture that loads late never replaces a newer one', async () => {
  loadsEndAtOnce = false;
  requests.setTarget(target('1'));
  await at(0).answer({ url: 'one' });
  requests.setTarget(target('2'));
  await at(1).answer({ url: 'two' });
  await loads[1]?.end();
  await loads[0]?.end();
  expect(state.shown?.url).toBe('two');
});

test('the old picture stays until the new one is loaded', async () => {
  requests.setTarget(target('1'));
  await at(0).answer({ url: 'one' });
  loadsEndAtOnce = false;
  requests.setTarget(target('2'));
  await at(1).answer({ url: 'two' });
  expect(state).toMatchObject({ shown: { url: 'one' }, current: false, busy: true });
  await loads[0]?.end();
  expect(state).toMatchObject({ shown: { url: 'two' }, current: true, busy: false });
});

test('another asset begins empty and asks at once', async () => {
  requests.setTarget(target('1'));
  await at(0).answer({ url: 'one' });
  requests.setTarget(target('1b'));
  requests.setTarget(target('1', { asset: 2 }));
  expect(sent).toHaveLength(3);
  expect(state.shown).toBeNull();
  await at(1).answer({ url: 'of the first' });
  expect(state.shown).toBeNull();
  await at(2).answer({ url: 'of the second' });
  expect(state.shown?.url).toBe('of the second');
});

test('an error is told in words, and goes with the next target', async () => {
  requests.setTarget(target('1'));
  await at(0).refuse('unreadable', 'The file ends too early.');
  expect(state).toMatchObject({ error: 'The file ends too early.', busy: false });
  requests.setTarget(target('2'));
  expect(state.error).toBeNull();
  await at(1).answer();
  requests.setTarget(target('3'));
  await at(2).refuse('timeout');
  requests.retry();
  expect(state.busy).toBe(true);
  await at(3).answer({ url: 'again' });
  expect(state).toMatchObject({ error: null, shown: { url: 'again' } });
});

test('with an error, the picture of the same generator stays, and none of another', async () => {
  requests.setTarget(target('1'));
  await at(0).answer({ url: 'hero' });
  requests.setTarget(target('2'));
  await at(1).refuse('timeout');
  expect(state).toMatchObject({ shown: { url: 'hero' }, current: false });
  const broken = { ...active, generator: 'stamp' };
  requests.setTarget(target('3', { active: broken }));
  expect(state.shown?.url).toBe('hero');
  await at(2).refuse('invalid');
  expect(state).toMatchObject({ shown: null, of: null, error: 'no' });
});

test('a picture that loads after an error is not shown', async () => {
  loadsEndAtOnce = false;
  requests.setTarget(target('1'));
  await at(0).answer({ url: 'hero' });
  requests.setTarget(target('2', { active: { ...active, generator: 'stamp' } }));
  await at(1).refuse('invalid');
  await loads[0]?.end();
  expect(state).toMatchObject({ shown: null, error: 'no' });
});

test('the program says whether trying again can help', async () => {
  requests.setTarget(target('1'));
  await at(0).refuse('too_large', 'The picture is too large.', false);
  expect(state).toMatchObject({ error: 'The picture is too large.', canRetry: false });
  requests.setTarget(target('2'));
  await at(1).refuse('crashed');
  expect(state.canRetry).toBe(true);
});

test('nothing arguments_: nothing shown, and what was on its way is dropped', async () => {
  requests.setTarget(target('1'));
  requests.setTarget(null);
  await at(0).answer();
  expect(state).toMatchObject({ shown: null, busy: false });
  requests.setTarget(target('1'));
  expect(sent).toHaveLength(2);
});
