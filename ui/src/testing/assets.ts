// Assets for tests.
import type { Asset } from '@/api/bindings';

/** An asset that was looked into. */
export function asset(id: number, change: Partial<Asset> = {}): Asset {
  return {
    id,
    path: `photos/image ${String(id).padStart(6, '0')}.jpg`,
    version: `v${id}`,
    bytes: 1000 + id,
    changed_ms: id,
    state: { kind: 'ready', format: 'jpeg', width: 30, height: 20, frames: 1, alpha: false },
    focal: null,
    crops: {},
    faces: null,
    marks: [],
    title: null,
    alt: null,
    rating: null,
    ...change,
  };
}

export const assets = (count: number) => Array.from({ length: count }, (_, index) => asset(index));
