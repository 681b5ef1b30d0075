// The fields of a table: common ones and those that are set, the rest under 'More'. Unknown keys are
// listed and kept.
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonValue } from '@/api/bindings';
import { useStableCallback } from '@/components/useStableCallback';
import type { FieldSchema } from '@/documents/schema';
import styles from './FieldList.module.css';
import { FieldRow } from './FieldRow';
import { hasEffect, inOrder, rare } from './table';

interface FieldListProps {
  /** The table's name: an operation's, `source`, `match`, `output` … */
  table: string;
  fields: readonly FieldSchema[];
  values: { [key: string]: JsonValue };
  /** Defaults that override the schema's. */
  inherited?: { [key: string]: JsonValue };
  /** Keys that are shown elsewhere. */
  except?: readonly string[];
  onChange: (field: FieldSchema, value: JsonValue | undefined, gesture: string | null) => void;
}

export function FieldList(props: FieldListProps) {
  const { table, fields, values, inherited = {}, except = [] } = props;
  const onChange = useStableCallback(props.onChange);
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const shown = inOrder(table, fields).filter(
    ({ key }) => !except.includes(key) && hasEffect(table, key, values),
  );
  const isRare = ({ key }: FieldSchema) =>
    (rare[table] ?? []).includes(key) && values[key] === undefined;
  const row = (field: FieldSchema) => (
    <FieldRow
      key={field.key}
      {...{ table, field, onChange }}
      value={values[field.key]}
      inherited={inherited[field.key]}
    />
  );
  const hidden = shown.filter(isRare);
  const unknown = Object.keys(values).filter(
    (key) => !except.includes(key) && !fields.some((field) => field.key === key),
  );
  return (
    <div className={styles.list}>
      {shown.filter((field) => !isRare(field)).map(row)}
      {hidden.length > 0 && (
        <button
          type="button"
          className={styles.more}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? <ChevronDown /> : <ChevronRight />}
          {t('common.more')}
        </button>
      )}
      {open && hidden.map(row)}
      {unknown.map((key) => (
        <p key={key} className={styles.unknown} data-selectable>
          <span>{t('operations.unknown', { key })}</span>
          <code>{JSON.stringify(values[key])}</code>
        </p>
      ))}
    </div>
  );
}
