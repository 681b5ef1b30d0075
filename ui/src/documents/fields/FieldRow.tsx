// A key of the preset in the form: its label, its control, and a button that resets it to the default.
import { RotateCcw } from 'lucide-react';
import { type ComponentType, memo, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonValue } from '@/api/bindings';
import { IconButton } from '@/components/Button';
import { Tooltip } from '@/components/Tooltip';
import type { FieldSchema, Kind } from '@/documents/schema';
import { ByFormatField } from './ByFormatField';
import { ColorField } from './ColorField';
import type { ControlProps } from './control';
import styles from './FieldRow.module.css';
import { FontField } from './FontField';
import { GravityField } from './GravityField';
import { ImageField } from './ImageField';
import { LengthField } from './LengthField';
import {
  FormatsField,
  FramesField,
  LinesField,
  MetadataField,
  NumbersField,
  TakenFormatsField,
} from './listFields';
import {
  AspectField,
  BooleanField,
  ChoiceField,
  DepthField,
  LineField,
  NumberField,
  ParagraphField,
} from './plainFields';

const byKind: Record<Kind, ComponentType<ControlProps>> = {
  number: NumberField,
  integer: NumberField,
  boolean: BooleanField,
  text: LineField,
  length: LengthField,
  color: ColorField,
  gravity: GravityField,
  aspect: AspectField,
  choice: ChoiceField,
  formats: FormatsField,
  metadata: MetadataField,
  frames: FramesField,
  depth: DepthField,
  lines: LinesField,
  numbers: NumbersField,
  'by-format': ByFormatField,
  table: AsItIs,
  other: AsItIs,
};

/** Controls for keys whose kind does not decide it. */
const byKey: Record<string, ComponentType<ControlProps>> = {
  'text.text': ParagraphField,
  'text.font': FontField,
  'overlay.image': ImageField,
  'generator.description': ParagraphField,
  'theme.description': ParagraphField,
  'match.format': TakenFormatsField,
};

/** The control of a field; exported for the test that every field has one. */
export const controlOf = (table: string, field: FieldSchema) =>
  byKey[`${table}.${field.key}`] ?? byKind[field.kind];

/** A value of an unknown kind: read-only. */
export function AsItIs({ id, value }: ControlProps) {
  return (
    <code id={id} className={styles.code} data-selectable>
      {value === undefined ? '–' : JSON.stringify(value)}
    </code>
  );
}

/** Kinds whose control is as wide as the form, below the label. */
const WIDE_KINDS: Kind[] = ['gravity'];
const WIDE = ['text.text', 'generator.description', 'theme.description', 'match.format'];

interface FieldRowProps {
  table: string;
  field: FieldSchema;
  value: JsonValue | undefined;
  /** A default that overrides the schema's. */
  inherited?: JsonValue | undefined;
  onChange: (field: FieldSchema, value: JsonValue | undefined, gesture: string | null) => void;
}

export const FieldRow = memo(function FieldRow(props: FieldRowProps) {
  const { table, field, value, inherited, onChange } = props;
  const { t } = useTranslation();
  const id = useId();
  const label = useFieldLabel(table, field);
  const fallback = inherited ?? field.default;
  const Control = controlOf(table, field);
  const change = (next: JsonValue | undefined, gesture: string | null) => {
    // The default is not written to the file, to keep it short.
    const needless = !field.required && next !== undefined && same(next, fallback);
    const gone = next === undefined || needless;
    if (gone && value === undefined) return;
    if (gone && field.required) return;
    onChange(field, gone ? undefined : next, gesture);
  };
  const wide = WIDE_KINDS.includes(field.kind) || WIDE.includes(`${table}.${field.key}`);
  const description = field.description.replaceAll('`', '');
  return (
    <div
      className={styles.row}
      data-field={`${table}.${field.key}`}
      data-wide={wide || undefined}
      data-set={value !== undefined || undefined}
    >
      <Tooltip text={description}>
        <label htmlFor={id} className={styles.label}>
          {label}
        </label>
      </Tooltip>
      <div className={styles.control}>
        <Control {...{ id, label, table, field, value, fallback }} onChange={change} />
        {inherited !== undefined && (
          <p
            className={styles.inherited}
            style={{ visibility: value === undefined ? 'visible' : 'hidden' }}
          >
            {t('operations.fromDefaults')}
          </p>
        )}
      </div>
      {value !== undefined && !field.required && (
        <IconButton
          className={styles.reset}
          label={t('operations.reset', { label })}
          icon={<RotateCcw />}
          onClick={() => onChange(field, undefined, null)}
        />
      )}
    </div>
  );
});

/** The label of a field. */
export function useFieldLabel(table: string, field: FieldSchema): string {
  const { t } = useTranslation();
  return t(
    [`operations.fields.${table}.${field.key}`, `operations.labels.${field.key}`],
    field.key.replaceAll('_', ' '),
  );
}

const same = (a: JsonValue, b: JsonValue | undefined) => JSON.stringify(a) === JSON.stringify(b);
