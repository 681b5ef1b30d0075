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
  /** What may be typed, where it is more than the slider's practical range. */
  limits?: { min: number; max: number };
  /** `px`, `%`, `°` … */
  unit?: ReactNode;
  /** What a double click gives back. */
  reset: number;
  /** What a double click does, where it is not to set `reset`; its presses have this gesture. */
  onReset?: (gesture: string) => void;
  /** In the empty field. */
  placeholder?: string;
  /** Shows that the value is not one's own, but what is taken without one. */
  dimmed?: boolean;
  /** Called for every step of a drag; all of one drag have the same gesture. */
  onChange: (value: number, gesture: string) => void;
  disabled?: boolean;
}

/** A press that follows another one within these milliseconds belongs to it: a double click. */
const DOUBLE = 500;

/** From this number on a field is a wide one. */
const WIDE = 100_000;

let gestures = 0;

/** A number with a range: a slider, and a field to type into. A double click resets it. */
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
  // The presses of a double click move the thumb before they reset it: all of that is one step
  // for undo, which gives back what was there before.
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
  /** Whether it has room for many digits. */
  wide: boolean;
  /** Where the arrow keys begin in an empty field. */
  start: number;
  placeholder?: string | undefined;
  disabled?: boolean | undefined;
  onChange: (value: number) => void;
}

/** The number as a text: takes effect with Enter, on leaving, and with the arrow keys. */
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

/** The number that was typed, with a comma or a point; an empty field is none. */
const numberIn = (text: string) =>
  text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));
