// A gravity: nine positions, four that follow the picture, or a point.
import { type KeyboardEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonValue } from '@/api/bindings';
import { NumberSlider } from '@/components/NumberSlider';
import { isTable } from '@/documents/applyEdits';
import type { ControlProps } from './control';
import styles from './GravityField.module.css';

const PAD = [
  ['north-west', 'north', 'north-east'],
  ['west', 'center', 'east'],
  ['south-west', 'south', 'south-east'],
];
const BY_CONTENT = ['smart', 'face', 'entropy', 'focal', 'point'];
const ALL = [...PAD.flat(), ...BY_CONTENT];

export function GravityField({ id, label, value, fallback, onChange }: ControlProps) {
  const { t } = useTranslation();
  const group = useRef<HTMLDivElement>(null);
  const taken = value ?? fallback;
  const point = isTable(taken) ? taken : null;
  const chosen = point ? 'point' : typeof taken === 'string' ? taken : '';
  const choose = (name: string) => {
    const next: JsonValue = name === 'point' ? { x: 0.5, y: 0.5 } : name;
    if (name !== chosen) onChange(next, null);
  };
  const walk = (event: KeyboardEvent, name: string) => {
    const next = neighbour(name, event.key);
    if (!next) return;
    event.preventDefault();
    choose(next);
    group.current?.querySelector<HTMLElement>(`[data-place="${next}"]`)?.focus();
  };
  const place = (name: string) => (
    // biome-ignore lint/a11y/useSemanticElements: a radio has no picture of its own
    <button
      key={name}
      type="button"
      role="radio"
      id={name === 'center' ? id : undefined}
      data-place={name}
      aria-checked={name === chosen}
      aria-label={t(`operations.gravities.${name}`)}
      title={t(`operations.gravities.${name}`)}
      tabIndex={name === chosen || (!ALL.includes(chosen) && name === 'center') ? 0 : -1}
      className={styles.place}
      onClick={() => choose(name)}
      onKeyDown={(event) => walk(event, name)}
    >
      {!PAD.flat().includes(name) ? t(`operations.gravities.${name}`) : <span />}
    </button>
  );
  return (
    <div className={styles.field}>
      <div
        ref={group}
        className={styles.both}
        role="radiogroup"
        aria-label={label}
        data-dimmed={value === undefined || undefined}
      >
        <div className={styles.pad}>{PAD.flat().map(place)}</div>
        <div className={styles.words}>{BY_CONTENT.map(place)}</div>
      </div>
      {point &&
        (['x', 'y'] as const).map((axis) => (
          <NumberSlider
            key={axis}
            label={t(`operations.point.${axis}`)}
            unit="%"
            min={0}
            max={100}
            step={1}
            reset={50}
            value={Math.round(Number(point[axis] ?? 0.5) * 1000) / 10}
            onChange={(now, gesture) => onChange({ ...point, [axis]: now / 100 }, gesture)}
          />
        ))}
    </div>
  );
}

function neighbour(name: string, key: string): string | undefined {
  const row = PAD.findIndex((places) => places.includes(name));
  if (row < 0) {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[key];
    return step ? ALL[(ALL.indexOf(name) + step + ALL.length) % ALL.length] : undefined;
  }
  const column = PAD[row]?.indexOf(name) ?? 0;
  switch (key) {
    case 'ArrowLeft':
      return PAD[row]?.[column - 1];
    case 'ArrowRight':
      return PAD[row]?.[column + 1] ?? BY_CONTENT[row];
    case 'ArrowUp':
      return PAD[row - 1]?.[column];
    case 'ArrowDown':
      return PAD[row + 1]?.[column] ?? BY_CONTENT[0];
    default:
      return undefined;
  }
}
