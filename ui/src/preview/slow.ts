// Tells which encodings are so slow that a draft comes first.
import type { JsonValue } from '@/api/bindings';
import { isTable } from '@/documents/applyEdits';

type Table = { [key: string]: JsonValue };

/** WebP is fast up to this effort. Without a value a higher effort is used. */
const QUICK_WEBP_EFFORT = 2;
const SLOW_FORMATS = ['avif', 'heic', 'jxl', 'smallest'];

/** A generator's `output` table, completed by the file's defaults. */
export function outputOf(value: JsonValue, generator: string): Table {
  const file = table(value);
  const own = table(table(table(file.generators)[generator]).output);
  return { ...table(table(file.defaults).output), ...own };
}

/** Whether the final variant takes long to encode. `source`: the format of the asset. */
export function isSlow(output: Table, format: string | null, source: string | null): boolean {
  if (output.max_bytes !== undefined || output.target_score !== undefined) return true;
  const [first] = Array.isArray(output.format) ? output.format : [output.format];
  const chosen = format ?? (typeof first === 'string' ? first : 'source');
  const written = chosen === 'source' ? source : chosen;
  if (written === null) return false;
  if (SLOW_FORMATS.includes(written)) return true;
  const given = isTable(output.effort) ? output.effort[written] : output.effort;
  const effort = typeof given === 'number' ? given : QUICK_WEBP_EFFORT + 1;
  return written === 'webp' && effort > QUICK_WEBP_EFFORT;
}

/** The value if it is a table, else an empty table. */
const table = (value: JsonValue | undefined): Table => (isTable(value) ? value : {});
