// The control of a number that may differ by format: one slider, or one for each format that is written.
import { useId } from 'react';
import type { JsonValue } from '@/api/bindings';
import { isTable } from '@/documents/applyEdits';
import { formatName } from '@/text';
import styles from './ByFormatField.module.css';
import { type ControlProps, useForm } from './control';
import { NumberField } from './plainFields';

/** The value for one format of a number or a table of numbers. */
export const numberFor = (value: JsonValue | undefined, format: string): JsonValue | undefined =>
  isTable(value) ? value[format] : value;

/** The value after one format's number was changed (undefined: removed): a single number where all are equal. */
export function withNumber(
  value: JsonValue | undefined,
  formats: readonly string[],
  format: string,
  next: JsonValue | undefined,
): JsonValue | undefined {
  const table: { [key: string]: JsonValue } = isTable(value) ? { ...value } : {};
  if (typeof value === 'number') for (const one of formats) table[one] = value;
  if (next === undefined) delete table[format];
  else table[format] = next;
  const numbers = Object.values(table);
  const [first] = numbers;
  if (first === undefined) return undefined;
  const isWhole = formats.every((one) => one in table) && numbers.every((one) => one === first);
  return isWhole ? first : table;
}

export function ByFormatField(props: ControlProps) {
  const { id, label, field, value, fallback, onChange } = props;
  const other = useId();
  const written = useForm().formats;
  const named = isTable(value) ? Object.keys(value) : [];
  const known = field.fields.map(({ key }) => key);
  // Formats that the table names and nothing writes stay visible: they are in the file.
  const formats = [...new Set([...written, ...named])].filter((format) => known.includes(format));
  const ofFormat = (format: string) => field.fields.find(({ key }) => key === format);
  const usual = (format: string | undefined) =>
    format === undefined ? undefined : (numberFor(fallback, format) ?? ofFormat(format)?.default);
  const number = { ...field, kind: 'integer' as const };
  if (formats.length < 2 && !isTable(value)) {
    return (
      <NumberField {...props} field={number} fallback={usual(formats[0]) ?? plain(fallback)} />
    );
  }
  return (
    <fieldset id={id} className={styles.rows} aria-label={label}>
      {formats.map((format) => {
        const own = `${other}-${format}`;
        return (
          <div key={format} className={styles.row} data-format={format}>
            <label htmlFor={own}>{formatName(format)}</label>
            <NumberField
              {...props}
              id={own}
              label={`${label}, ${formatName(format)}`}
              field={number}
              value={numberFor(value, format)}
              fallback={usual(format)}
              onChange={(next, gesture) =>
                onChange(withNumber(value, formats, format, next), gesture)
              }
            />
          </div>
        );
      })}
    </fieldset>
  );
}

const plain = (value: JsonValue | undefined) => (isTable(value) ? undefined : value);
