import { Slider as Base } from '@base-ui/react/slider';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import styles from './NumberSlider.module.css';

interface NumberSliderProps {
  id?: string;
  label: string;
  /** Null: not set; the field is empty then. */
  value: number | null;
  min: number;
  max: number;
  step?: number;
  /** The range of the field, where it is wider than the slider's. */
  limits?: { min: number; max: number };
  /** `px`, `%`, `°` … */
  unit?: ReactNode;
  /** The value that a double click restores. */
  reset: number;
  /** Handles a double click instead of setting `reset`; both presses have this gesture. */
  onReset?: (gesture: string) => void;
  /** Shown in the empty field. */
  placeholder?: string;
  /** Whether the value is a default, not set by the user. */
  dimmed?: boolean;
  /** Called for every step of a drag; the steps of a drag share a gesture. */
  onChange: (value: number, gesture: string) => void;
  disabled?: boolean;
}

/** Two presses within this time are a double click, in milliseconds. */
const DOUBLE = 500;

/** Ranges from this number on get a wide field. */
const WIDE = 100_000;

let gestures = 0;

/** A slider with a number field. A double click resets the value. */
export function NumberSlider({
  id,
  label,
  value,
  min,
  max,
  step = 1,
  limits = { min, max },
  unit,
  reset,
  onReset,
  placeholder,
  dimmed = false,
  onChange,
  disabled,
}: NumberSliderProps) {
  const gesture = useRef('');
  const pressed = useRef({ gesture: '', at: Number.NEGATIVE_INFINITY });
  const begin = () => {
    gestures += 1;
    gesture.current = `slider-${gestures}`;
  };
  // The presses of a double click move the thumb before they reset it. All of that is one undo step,
  // which restores the value before the first press.
  const press = ({ timeStamp }: { timeStamp: number }) => {
    if (timeStamp - pressed.current.at < DOUBLE) gesture.current = pressed.current.gesture;
    else begin();
    pressed.current = { gesture: gesture.current, at: timeStamp };
  };
  return (
    <div className={styles.row} data-dimmed={dimmed || undefined}>
      <Base.Root
        className={styles.root}
        value={Math.min(max, Math.max(min, value ?? reset))}
        min={min}
        max={max}
        step={step}
        disabled={disabled ?? false}
        onValueChange={(now) => {
          if (gesture.current === '') begin();
          onChange(Number(now), gesture.current);
        }}
        onValueCommitted={() => {
          gesture.current = '';
        }}
        onDoubleClick={() => {
          const { gesture: own } = pressed.current;
          if (onReset) onReset(own);
          else onChange(reset, own);
        }}
      >
        <Base.Control className={styles.control} onPointerDown={press}>
          <Base.Track className={styles.track}>
            <Base.Indicator className={styles.indicator} />
            <Base.Thumb className={styles.thumb} aria-label={label} />
          </Base.Track>
        </Base.Control>
      </Base.Root>
      <Typed
        {...(id ? { id } : {})}
        {...{ label, value, step, unit, disabled, placeholder }}
        {...limits}
        wide={max >= WIDE}
        start={reset}
        onChange={(now) => {
          begin();
          onChange(now, gesture.current);
          gesture.current = '';
        }}
      />
    </div>
  );
}

interface TypedProps {
  id?: string;
  label: string;
  value: number | null;
  min: number;
  max: number;
  step: number;
  unit?: ReactNode;
  /** Whether the field is wide. */
  wide: boolean;
  /** The value at which the arrow keys start in an empty field. */
  start: number;
  placeholder?: string | undefined;
  disabled?: boolean | undefined;
  onChange: (value: number) => void;
}

/** The number field: applies with Enter, on blur, and with the arrow keys. */
function Typed({
  id,
  label,
  value,
  min,
  max,
  step,
  unit,
  wide,
  start,
  placeholder,
  disabled,
  onChange,
}: TypedProps) {
  const [text, setText] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value ends the typing
  useEffect(() => setText(null), [value]);
  const give = (number: number) => {
    setText(null);
    const inside = Math.min(max, Math.max(min, number));
    if (Number.isFinite(inside) && inside !== value) onChange(inside);
  };
  return (
    <span className={styles.typed} data-wide={wide || undefined}>
      <input
        id={id}
        className={styles.input}
        inputMode="decimal"
        aria-label={id ? undefined : label}
        disabled={disabled}
        placeholder={placeholder}
        value={text ?? (value === null ? '' : String(value))}
        onChange={(event) => setText(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={() => text !== null && give(numberIn(text))}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && text !== null) give(numberIn(text));
          if (event.key === 'Escape') setText(null);
          if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
            event.preventDefault();
            const by = step * (event.shiftKey ? 10 : 1) * (event.key === 'ArrowUp' ? 1 : -1);
            give(Number(((value ?? start) + by).toFixed(6)));
          }
        }}
      />
      {unit && <span className={styles.unit}>{unit}</span>}
    </span>
  );
}

/** Parses a number with a decimal comma or point; null if empty. */
const numberIn = (text: string) =>
  text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));
