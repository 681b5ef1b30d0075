// Which encodings take so long that a quick look comes first.
import type { JsonValue } from '@/api/bindings';

type Table = { [key: string]: JsonValue };

/** WebP is quick up to this effort; left out it is a higher one. */
const QUICK_WEBP_EFFORT = 2;
const SLOW_FORMATS = ['avif', 'heic', 'jxl', 'smallest'];

/** What an `output` table comes to with what it leaves out taken from the defaults. */
export function outputOf(value: JsonValue, generator: string): Table {
  const file = table(value);
  const own = table(table(table(file.generators)[generator]).output);
  return { ...table(table(file.defaults).output), ...own };
}

/** Whether the real variant takes long to encode. `source`: the format of the asset. */
export function isSlow(output: Table, format: string | null, source: string | null): boolean {
  if (output.max_bytes !== undefined || output.target_score !== undefined) return true;
  const [first] = Array.isArray(output.format) ? output.format : [output.format];
  const chosen = format ?? (typeof first === 'string' ? first : 'source');
  const written = chosen === 'source' ? source : chosen;
  if (written === null) return false;
  if (SLOW_FORMATS.includes(written)) return true;
  const effort = typeof output.effort === 'number' ? output.effort : QUICK_WEBP_EFFORT + 1;
  return written === 'webp' && effort > QUICK_WEBP_EFFORT;
}

/** A table, or an empty one where there is something else. */
export const table = (value: JsonValue | undefined): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
