// Controls for formats, metadata, frames and patterns: one value or several.
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonValue } from '@/api/bindings';
import { useStartUp } from '@/api/queries';
import { Button, IconButton } from '@/components/Button';
import chip from '@/components/chip.module.css';
import { Menu } from '@/components/Menu';
import { NumberSlider } from '@/components/NumberSlider';
import { Segmented } from '@/components/Segmented';
import { Select } from '@/components/Select';
import { TextField } from '@/components/TextField';
import { metadataKinds } from '@/documents/schema';
import { formatName } from '@/text';
import type { ControlProps } from './control';
import styles from './plainFields.module.css';

const words = (value: JsonValue | undefined): string[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);

/** The formats of an output: one, or several in their order. */
export function FormatsField(props: ControlProps) {
  const { id, label, field, value, fallback, onChange } = props;
  const { t } = useTranslation();
  const name = useFormatNames();
  const taken = value ?? fallback ?? 'source';
  const list = words(taken);
  const several = Array.isArray(taken);
  const others = field.choices.filter((choice) => !list.includes(choice.value));
  const mode = (
    <Segmented
      label={t('operations.formats.mode', { label })}
      value={several ? 'several' : 'one'}
      segments={[
        { value: 'one', label: t('operations.formats.one') },
        { value: 'several', label: t('operations.formats.several') },
      ]}
      onChange={(now) => {
        if (now === 'several') onChange(list, null);
        else onChange(list[0] ?? 'source', null);
      }}
    />
  );
  if (!several) {
    return (
      <div className={styles.stack}>
        <Select
          id={id}
          label={label}
          className={styles.fill}
          dimmed={value === undefined}
          value={list[0] ?? 'source'}
          options={field.choices.map((choice) => ({
            value: choice.value,
            label: name(choice.value),
          }))}
          onChange={(now) => onChange(now, null)}
        />
        {mode}
      </div>
    );
  }
  const moved = (from: number, to: number) => {
    const next = list.filter((_, index) => index !== from);
    next.splice(to, 0, list[from] ?? '');
    onChange(next, null);
  };
  return (
    <div className={styles.stack}>
      <ol className={styles.list} aria-label={label}>
        {list.map((format, index) => (
          <li key={format} className={styles.item}>
            <span>{name(format)}</span>
            <IconButton
              label={t('operations.formats.up', { format: formatName(format) })}
              icon={<ArrowUp />}
              disabled={index === 0}
              onClick={() => moved(index, index - 1)}
            />
            <IconButton
              label={t('operations.formats.down', { format: formatName(format) })}
              icon={<ArrowDown />}
              disabled={index === list.length - 1}
              onClick={() => moved(index, index + 1)}
            />
            <IconButton
              label={t('operations.formats.remove', { format: formatName(format) })}
              icon={<X />}
              disabled={list.length === 1}
              onClick={() =>
                onChange(
                  list.filter((other) => other !== format),
                  null,
                )
              }
            />
          </li>
        ))}
      </ol>
      <div className={styles.row}>
        {mode}
        <Menu
          trigger={
            <Button look="quiet" disabled={others.length === 0}>
              <Plus /> {t('operations.formats.add')}
            </Button>
          }
          entries={others.map((choice) => ({
            label: name(choice.value),
            perform: () => onChange([...list, choice.value], null),
          }))}
        />
      </div>
    </div>
  );
}

/** Options for formats; those that this build cannot write say so. */
function useFormatNames() {
  const { t } = useTranslation();
  const writes = useStartUp()?.writes;
  return (format: string) => {
    const name = formatName(format);
    const rule = format === 'source' || format === 'smallest';
    return rule || !writes || writes.includes(format)
      ? name
      : t('operations.formats.cannot', { name });
  };
}

/** The formats that a generator matches: any, or the pressed ones. */
export function TakenFormatsField({ label, field, value, onChange }: ControlProps) {
  const list = words(value);
  const turn = (format: string) => {
    const next = list.includes(format)
      ? list.filter((other) => other !== format)
      : [...list, format];
    onChange(next.length === 0 ? undefined : next, null);
  };
  return (
    <fieldset className={styles.toggles} aria-label={label}>
      {field.choices.map(({ value: format }) => (
        <button
          key={format}
          type="button"
          className={`${chip.chip} ${styles.toggle}`}
          aria-pressed={list.includes(format)}
          onClick={() => turn(format)}
        >
          {formatName(format)}
        </button>
      ))}
    </fieldset>
  );
}

const KINDS = 'kinds';

export function MetadataField({ id, label, field, value, fallback, onChange }: ControlProps) {
  const { t } = useTranslation();
  const schema = useStartUp()?.schema ?? null;
  const taken = value ?? fallback ?? 'copyright';
  const kinds = Array.isArray(taken) ? words(taken) : null;
  const all = metadataKinds(schema);
  return (
    <div className={styles.stack}>
      <Select
        id={id}
        label={label}
        className={styles.fill}
        dimmed={value === undefined}
        value={kinds ? KINDS : String(taken)}
        options={[
          ...field.choices.map((choice) => ({
            value: choice.value,
            label: t(`operations.choices.metadata.${choice.value}`, choice.value),
            description: choice.description,
          })),
          { value: KINDS, label: t('operations.choices.metadata.kinds') },
        ]}
        onChange={(now) => onChange(now === KINDS ? ['exif', 'iptc', 'xmp'] : now, null)}
      />
      {kinds && (
        <fieldset
          className={styles.toggles}
          aria-label={t('operations.choices.metadata.kinds')}
          data-dimmed={value === undefined || undefined}
        >
          {all.map((kind) => (
            <button
              key={kind.value}
              type="button"
              className={`${chip.chip} ${styles.toggle}`}
              title={kind.description}
              aria-pressed={kinds.includes(kind.value)}
              onClick={() =>
                onChange(
                  kinds.includes(kind.value)
                    ? kinds.filter((other) => other !== kind.value)
                    : [...kinds, kind.value],
                  null,
                )
              }
            >
              {kind.value.toUpperCase()}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}

export function FramesField({ id, label, field, value, fallback, onChange }: ControlProps) {
  const { t } = useTranslation();
  const taken = value ?? fallback ?? 'all';
  return (
    <div className={styles.stack}>
      <Segmented
        label={label}
        value={typeof taken === 'number' ? 'count' : 'all'}
        segments={[
          { value: 'all', label: t('operations.frames.all') },
          { value: 'count', label: t('operations.frames.count') },
        ]}
        onChange={(now) => onChange(now === 'all' ? 'all' : 1, null)}
      />
      {typeof taken === 'number' && (
        <NumberSlider
          id={id}
          label={label}
          value={taken}
          min={1}
          max={60}
          limits={{ min: 1, max: field.maximum ?? 1_000_000 }}
          reset={1}
          onChange={(now, gesture) => onChange(Math.round(now), gesture)}
        />
      )}
    </div>
  );
}

/** Patterns, one a line; applied on blur. */
export function LinesField({ id, value, onChange }: ControlProps) {
  const { t } = useTranslation();
  const [text, setText] = useState<string | null>(null);
  const own = words(value).join('\n');
  const give = () => {
    if (text === null) return;
    setText(null);
    if (text === own) return;
    const lines = text.split('\n').map((line) => line.trim());
    const patterns = lines.filter((line) => line !== '');
    const [only] = patterns;
    const single = patterns.length === 1 && typeof value === 'string';
    onChange(patterns.length === 0 ? undefined : single ? only : patterns, null);
  };
  return (
    <textarea
      id={id}
      className={[styles.paragraph, styles.lines].join(' ')}
      rows={Math.min(5, Math.max(1, (text ?? own).split('\n').length))}
      spellCheck={false}
      placeholder={t('operations.everyPath')}
      value={text ?? own}
      onChange={(event) => setText(event.target.value)}
      onBlur={give}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setText(null);
      }}
    />
  );
}

/** Whole numbers in a line, such as `16, 32`; others are left out. */
export function NumbersField({ id, field, value, onChange }: ControlProps) {
  const [text, setText] = useState<string | null>(null);
  const own = words(value).join(', ');
  const give = () => {
    if (text === null) return;
    setText(null);
    const { minimum = 1, maximum = 65535 } = field.items ?? {};
    const given = text
      .split(/[\s,;]+/)
      .filter(Boolean)
      .map(Number);
    const fine = given.filter((it) => Number.isInteger(it) && it >= minimum && it <= maximum);
    const numbers = [...new Set(fine)];
    if (numbers.join(', ') !== own) onChange(numbers.length === 0 ? undefined : numbers, null);
  };
  return (
    <TextField
      id={id}
      className={styles.fill}
      placeholder="16, 32"
      value={text ?? own}
      onChange={(event) => setText(event.target.value)}
      onBlur={give}
      onKeyDown={(event) => {
        if (event.key === 'Enter') give();
        if (event.key === 'Escape') setText(null);
      }}
    />
  );
}
