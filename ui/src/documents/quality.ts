// The edits that give a generator another quality for one of its formats.
import type { Edit, JsonValue, Step } from '@/api/bindings';
import { isTable } from './applyEdits';
import { withNumber } from './fields/ByFormatField';

type Table = { [key: string]: JsonValue };

interface Output {
  generator: string;
  /** The generator's own `output` table, and that of the file's defaults. */
  own: Table;
  defaults: Table;
  /** The formats that the generator writes, as its rule names them. */
  formats: readonly string[];
}

/** The other formats keep theirs. A target score would choose the quality: it is removed. */
export function qualityEdits(output: Output, format: string, quality: number): Edit[] {
  const { generator, own, defaults, formats } = output;
  const path: Step[] = ['generators', generator, 'output'];
  const score: Edit[] =
    own.target_score === undefined ? [] : [{ kind: 'remove', path: [...path, 'target_score'] }];
  if (isTable(own.quality)) {
    return [{ kind: 'set', path: [...path, 'quality', format], value: quality }, ...score];
  }
  const number = own.quality ?? (isTable(defaults.quality) ? undefined : defaults.quality);
  const value = formats.length < 2 ? quality : withNumber(number, formats, format, quality);
  return [{ kind: 'set', path: [...path, 'quality'], value: value ?? quality }, ...score];
}
