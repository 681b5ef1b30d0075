// A length in pixels, or in percent of the image at that step. A button switches the unit.
import { useTranslation } from 'react-i18next';
import { NumberSlider } from '@/components/NumberSlider';
import { type ControlProps, useForm } from './control';
import styles from './LengthField.module.css';
import { ranges } from './table';

export interface LengthValue {
  number: number;
  unit: 'px' | '%';
}

/** Parses a length; null if it is none. */
export function parseLength(value: unknown): LengthValue | null {
  if (typeof value === 'number') return { number: value, unit: 'px' };
  if (typeof value !== 'string') return null;
  const [, digits] = /^(-?[0-9]+(?:\.[0-9]+)?) ?%$/.exec(value) ?? [];
  return digits === undefined ? null : { number: Number(digits), unit: '%' };
}

const written = ({ number, unit }: LengthValue) => (unit === 'px' ? number : `${number}%`);

/** The keys whose percentage is of the image's height. */
const UPRIGHT = ['height', 'min_height', 'y', 'top', 'bottom', 'size'];

export function LengthField(props: ControlProps) {
  const { id, label, table, field, value, fallback, onChange } = props;
  const { t } = useTranslation();
  const { asset } = useForm();
  const range = ranges[`${table}.${field.key}`] ?? { min: 0, max: 1000, step: 1 };
  const own = parseLength(value);
  const taken = own ?? parseLength(fallback);
  const unit = taken?.unit ?? 'px';
  const least = field.minimum ?? range.min;
  const most = field.maximum ?? range.max;
  const isPixels = unit === 'px';
  const start = parseLength(fallback)?.number ?? range.start ?? range.min;

  const turn = () => {
    const now = taken?.number ?? start;
    const size = asset?.state.kind === 'ready' ? asset.state : null;
    const whole = (UPRIGHT.includes(field.key) ? size?.height : size?.width) ?? 1000;
    const other: LengthValue = isPixels
      ? { unit: '%', number: Math.max(least < 0 ? -100 : 1, Math.round((now / whole) * 100)) }
      : { unit: 'px', number: Math.max(least, Math.round((now / 100) * whole)) };
    onChange(written(other), null);
  };

  return (
    <div className={styles.row}>
      <NumberSlider
        id={id}
        label={label}
        value={taken?.number ?? null}
        min={isPixels ? range.min : least < 0 ? -100 : 0}
        max={isPixels ? range.max : 100}
        step={isPixels ? range.step : 0.5}
        limits={isPixels ? { min: least, max: most } : { min: least < 0 ? -1000 : 0, max: 1000 }}
        reset={isPixels ? start : 50}
        onReset={(gesture) => onChange(undefined, gesture)}
        placeholder={t('operations.automatic')}
        dimmed={own === null}
        onChange={(number, gesture) => onChange(written({ number, unit }), gesture)}
      />
      <button
        type="button"
        className={styles.unit}
        onClick={turn}
        aria-label={t('operations.unit', { label, unit: t(`operations.units.${unit}`) })}
        title={t(isPixels ? 'operations.toPercent' : 'operations.toPixels')}
      >
        {unit}
      </button>
    </div>
  );
}
