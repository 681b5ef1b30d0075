// Controls for numbers, choices, switches and texts.

import { ChevronDown } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/components/Button';
import { Menu } from '@/components/Menu';
import { NumberSlider } from '@/components/NumberSlider';
import { Segmented } from '@/components/Segmented';
import { Select } from '@/components/Select';
import { Switch } from '@/components/Switch';
import { TextField } from '@/components/TextField';
import { newGesture } from '@/documents/edits';
import type { ControlProps } from './control';
import styles from './plainFields.module.css';
import { ranges } from './table';

/** Keys that impose no limit when left out. */
const LIMITS = /^(min|max)_|^target_|^memory$/;

export function NumberField({ id, label, table, field, value, fallback, onChange }: ControlProps) {
  const { t } = useTranslation();
  const range = ranges[`${table}.${field.key}`] ?? {
    min: field.minimum ?? 0,
    max: field.maximum ?? 100,
    step: field.kind === 'integer' ? 1 : 0.1,
  };
  const own = typeof value === 'number' ? value : null;
  const taken = own ?? (typeof fallback === 'number' ? fallback : null);
  const whole = (number: number) => (field.kind === 'integer' ? Math.round(number) : number);
  return (
    <NumberSlider
      id={id}
      label={label}
      value={taken}
      min={range.min}
      max={range.max}
      step={range.step}
      limits={{
        min: field.minimum ?? Number.NEGATIVE_INFINITY,
        max: field.maximum ?? Number.MAX_SAFE_INTEGER,
      }}
      {...(range.unit ? { unit: range.unit } : {})}
      reset={typeof fallback === 'number' ? fallback : (range.start ?? range.min)}
      onReset={(gesture) => onChange(undefined, gesture)}
      placeholder={t(LIMITS.test(field.key) ? 'operations.none' : 'operations.automatic')}
      dimmed={own === null}
      onChange={(now, gesture) => onChange(whole(now), gesture)}
    />
  );
}

/** The option of keys without a default: the format or the program decides. */
const AUTOMATIC = '';

export function ChoiceField({ id, label, table, field, value, fallback, onChange }: ControlProps) {
  const { t } = useTranslation();
  const taken = String(value ?? fallback ?? AUTOMATIC);
  const name = (word: string) =>
    t(
      [
        `operations.choices.${table}.${field.key}.${word}`,
        `operations.choices.${field.key}.${word}`,
      ],
      word,
    );
  const automatic =
    fallback === undefined ? [{ value: AUTOMATIC, label: t('operations.automatic') }] : [];
  const options = [
    ...automatic,
    ...field.choices.map((choice) => ({
      value: choice.value,
      label: name(choice.value),
      description: choice.description?.replaceAll('`', ''),
    })),
  ];
  const choose = (word: string) => onChange(word === AUTOMATIC ? undefined : word, null);
  if (options.length <= 3) {
    const segments = options.map(({ value, label }) => ({ value, label }));
    return <Segmented label={label} value={taken} segments={segments} onChange={choose} />;
  }
  return (
    <Select
      id={id}
      label={label}
      className={styles.fill}
      dimmed={value === undefined}
      {...{ options }}
      value={taken}
      onChange={choose}
    />
  );
}

/** Bits of a level that a file may have. */
const DEPTHS = [8, 10, 12, 16];

export function DepthField({ id, label, value, onChange }: ControlProps) {
  const { t } = useTranslation();
  const options = [
    { value: AUTOMATIC, label: t('operations.automatic') },
    ...DEPTHS.map((bits) => ({ value: String(bits), label: t('operations.bits', { bits }) })),
    { value: 'source', label: t('operations.formatNames.source') },
  ];
  const choose = (word: string) => {
    if (word === AUTOMATIC) onChange(undefined, null);
    else onChange(word === 'source' ? word : Number(word), null);
  };
  return (
    <Select
      id={id}
      label={label}
      className={styles.fill}
      dimmed={value === undefined}
      {...{ options }}
      value={String(value ?? AUTOMATIC)}
      onChange={choose}
    />
  );
}

export function BooleanField({ id, label, field, value, fallback, onChange }: ControlProps) {
  const { t } = useTranslation();
  if (fallback === undefined && THREE_WAYS.includes(field.key)) {
    const segments = [
      { value: '', label: t('operations.automatic') },
      { value: 'true', label: t('operations.yes') },
      { value: 'false', label: t('operations.no') },
    ];
    const taken = value === undefined ? '' : String(value);
    return (
      <Segmented
        {...{ label, segments }}
        value={taken}
        onChange={(word) => onChange(word === '' ? undefined : word === 'true', null)}
      />
    );
  }
  return (
    <Switch
      id={id}
      checked={(value ?? fallback ?? false) === true}
      onChange={(checked) => onChange(checked, null)}
    />
  );
}

/** Keys that are neither on nor off when left out: the format decides, or every asset matches. */
const THREE_WAYS = ['progressive', 'alpha', 'animated'];

/** A gesture that lasts until the field loses the focus. */
export function useTypingGesture() {
  const gesture = useRef<string | null>(null);
  return {
    now: () => {
      gesture.current ??= newGesture('typing');
      return gesture.current;
    },
    end: () => {
      gesture.current = null;
    },
  };
}

export function LineField({ id, field, value, fallback, onChange }: ControlProps) {
  const typing = useTypingGesture();
  return (
    <TextField
      id={id}
      className={styles.fill}
      value={typeof value === 'string' ? value : ''}
      placeholder={typeof fallback === 'string' ? fallback : ''}
      maxLength={field.maxLength}
      onChange={(event) => onChange(event.target.value || undefined, typing.now())}
      onBlur={typing.end}
    />
  );
}

export function ParagraphField({ id, field, value, onChange }: ControlProps) {
  const typing = useTypingGesture();
  return (
    <textarea
      id={id}
      className={styles.paragraph}
      rows={2}
      spellCheck={false}
      value={typeof value === 'string' ? value : ''}
      maxLength={field.maxLength}
      onChange={(event) =>
        onChange(event.target.value || (field.required ? '' : undefined), typing.now())
      }
      onBlur={typing.end}
    />
  );
}

const RATIOS = ['1:1', '5:4', '4:3', '3:2', '16:9', '21:9', '1.91:1', '4:5', '3:4', '2:3', '9:16'];

export function AspectField(props: ControlProps) {
  const { t } = useTranslation();
  return (
    <SuggestedField
      {...props}
      suggestions={RATIOS}
      placeholder={t('operations.anyRatio')}
      isRight={(text) => /^ *[0-9]*\.?[0-9]+ *: *[0-9]*\.?[0-9]+ *$/.test(text)}
    />
  );
}

interface SuggestedFieldProps extends ControlProps {
  suggestions: readonly string[];
  /** The family of fonts that a suggestion is shown in. */
  face?: (suggestion: string) => string | undefined;
  placeholder?: string;
  /** Called with every keystroke. */
  isRight?: (text: string) => boolean;
}

/** A text field with a menu of common values. */
export function SuggestedField(props: SuggestedFieldProps) {
  const { id, label, field, value, fallback, onChange, suggestions, face, placeholder, isRight } =
    props;
  const { t } = useTranslation();
  const typing = useTypingGesture();
  const taken = typeof value === 'string' ? value : '';
  return (
    <div className={styles.row}>
      <TextField
        id={id}
        className={styles.fill}
        value={taken}
        aria-invalid={taken !== '' && isRight !== undefined && !isRight(taken)}
        placeholder={typeof fallback === 'string' && fallback !== '' ? fallback : placeholder}
        maxLength={field.maxLength}
        onChange={(event) => onChange(event.target.value || undefined, typing.now())}
        onBlur={typing.end}
      />
      <Menu
        trigger={
          <IconButton label={t('operations.suggestions', { label })} icon={<ChevronDown />} />
        }
        entries={suggestions.map((suggestion) => ({
          label: suggestion,
          face: face?.(suggestion),
          perform: () => onChange(suggestion, null),
        }))}
      />
    </div>
  );
}
