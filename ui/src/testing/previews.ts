// Previews for tests.
import type { Preview } from '@/api/bindings';

/** A finished preview of a JPEG variant. */
export const preview = (change: Partial<Preview> = {}): Preview => ({
  url: 'variant:1',
  key: 'k',
  format: 'jpeg',
  width: 40,
  height: 30,
  frames: 1,
  bytes: 1000,
  source_bytes: 2000,
  quality: 80,
  score: null,
  ms: 1,
  cached: false,
  draft: false,
  notes: [],
  placement: [1, 0, 0, 1, 0, 0],
  faces: null,
  ...change,
});
