// Renders what is missing of several images, one image after another, until all are done or the user
// stops it.
import { create } from 'zustand';
import { call, messageOf } from '@/api/rpc';
import { useNotices } from '@/state/notices';
import { t } from '@/text';
import { request } from './variantRequests';

interface Progress {
  /** Images that are waiting, running or done; 0: nothing is under way. */
  total: number;
  done: number;
}

const idle: Progress = { total: 0, done: 0 };

export const useRenderAll = create<Progress>(() => idle);

let waiting: number[] = [];
let isRunning = false;
let failures: string[] = [];

/** Adds images to those that are rendered. */
export function renderAll(assets: readonly number[]) {
  const added = assets.filter((asset) => !waiting.includes(asset));
  waiting = [...waiting, ...added];
  useRenderAll.setState(({ total, done }) => ({ total: total + added.length, done }));
  if (!isRunning) void run();
}

/** Leaves out what has not begun. */
export function stopRendering() {
  waiting = [];
  useRenderAll.setState(idle);
}

async function run() {
  isRunning = true;
  for (let asset = waiting.shift(); asset !== undefined; asset = waiting.shift()) {
    try {
      await renderOne(asset);
    } catch (error) {
      failures.push(messageOf(error));
    }
    useRenderAll.setState(({ total, done }) => ({ total, done: Math.min(total, done + 1) }));
  }
  isRunning = false;
  const [first] = failures;
  if (first) {
    const text = t('variant.notRendered', { count: failures.length, reason: first });
    useNotices.getState().add('warning', text);
  }
  failures = [];
  useRenderAll.setState(idle);
}

async function renderOne(asset: number) {
  const { variants } = await call('sheet', { asset, files: [] });
  const missing = variants.filter(({ url, fault }) => url === null && fault === null);
  await Promise.all(
    missing.map(
      ({ file, generator, variation, format }) =>
        new Promise<void>((resolve) => {
          const failed = (error: unknown) => {
            failures.push(messageOf(error));
            resolve();
          };
          request({ asset, file, generator, variation, format }, () => resolve(), failed);
        }),
    ),
  );
}
