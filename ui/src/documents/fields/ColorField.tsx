// A colour: a text field and a picker with alpha.
import { Popover } from '@base-ui/react/popover';
import { type PointerEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NumberSlider } from '@/components/NumberSlider';
import popup from '@/components/popup.module.css';
import { TextField } from '@/components/TextField';
import { newGesture } from '@/documents/edits';
import styles from './ColorField.module.css';
import { formatColor, fromHsva, type Hsva, parseColor, toHsva } from './color';
import { type ControlProps, useForm } from './control';

export function ColorField({ id, label, table, field, value, fallback, onChange }: ControlProps) {
  const { t } = useTranslation();
  const own = typeof value === 'string' ? value : null;
  const taken = own ?? (typeof fallback === 'string' ? fallback : null);
  const { colors } = useForm();
  const named = (text: string) => (Object.hasOwn(colors, text) ? colors[text] : undefined) ?? text;
  const color = taken === null ? null : parseColor(named(taken));
  const [text, setText] = useState<string | null>(null);
  const give = () => {
    if (text === null) return;
    const typed = text.trim();
    setText(null);
    if (typed === '') onChange(undefined, null);
    else if (typed !== own && parseColor(named(typed)))
      onChange(Object.hasOwn(colors, typed) ? typed : plain(typed), null);
  };
  return (
    <div className={styles.row}>
      <Popover.Root>
        <Popover.Trigger
          className={styles.swatch}
          aria-label={t('operations.color.pick', { label })}
        >
          <span
            className={color ? styles.color : styles.none}
            style={color ? { background: formatColor(color) } : undefined}
          />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner className={popup.positioner} sideOffset={6} align="start">
            <Popover.Popup className={`${popup.popup} ${styles.popup}`} aria-label={label}>
              <Swatches colors={colors} chosen={taken} onChange={onChange} />
              <Picker value={named(taken ?? '#ffffff')} onChange={onChange} />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
      <TextField
        id={id}
        className={own === null ? styles.dimmed : undefined}
        value={text ?? own ?? (typeof fallback === 'string' ? fallback : '')}
        placeholder={t([`operations.color.without.${table}.${field.key}`, 'operations.color.none'])}
        aria-invalid={text !== null && text.trim() !== '' && !parseColor(named(text.trim()))}
        onChange={(event) => setText(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={give}
        onKeyDown={(event) => {
          if (event.key === 'Enter') give();
          if (event.key === 'Escape') setText(null);
        }}
      />
    </div>
  );
}

interface SwatchesProps {
  colors: { readonly [name: string]: string };
  chosen: string | null;
  onChange: ControlProps['onChange'];
}

/** The colours that the preset file names, to choose from. */
function Swatches({ colors, chosen, onChange }: SwatchesProps) {
  const { t } = useTranslation();
  const named = Object.entries(colors);
  if (named.length === 0) return null;
  return (
    <fieldset className={styles.swatches} aria-label={t('operations.color.named')}>
      {named.map(([name, color]) => (
        <button
          key={name}
          type="button"
          className={styles.swatch}
          aria-label={name}
          aria-pressed={name === chosen}
          title={name}
          onClick={() => onChange(name, null)}
        >
          <span
            className={styles.color}
            style={{ background: formatColor(parseColor(color) ?? NONE) }}
          />
        </button>
      ))}
    </fieldset>
  );
}

const NONE = { red: 0, green: 0, blue: 0, alpha: 0 };

/** The text as a preset needs it: names unchanged, hexadecimal digits with `#`. */
const plain = (typed: string) => (/^[0-9a-fA-F]{3,8}$/.test(typed) ? `#${typed}` : typed);

interface PickerProps {
  value: string;
  onChange: ControlProps['onChange'];
}

function Picker({ value, onChange }: PickerProps) {
  const { t } = useTranslation();
  const given = toHsva(parseColor(value) ?? { red: 255, green: 255, blue: 255, alpha: 255 });
  // Grey has no hue and black no saturation: the picked ones are kept until the colour changes.
  const [picked, setPicked] = useState<Hsva>(given);
  const same = formatColor(fromHsva(picked)) === formatColor(fromHsva(given));
  const now = same ? picked : given;
  const give = (change: Partial<Hsva>, gesture: string) => {
    const next = { ...now, ...change };
    setPicked(next);
    onChange(formatColor(fromHsva(next)), gesture);
  };
  return (
    <div className={styles.picker}>
      <Plane now={now} onChange={give} />
      <span className={styles.spectrum} aria-hidden />
      <NumberSlider
        label={t('operations.color.hue')}
        unit="°"
        min={0}
        max={359}
        reset={0}
        value={Math.round(now.hue) % 360}
        onChange={(hue, gesture) => give({ hue }, gesture)}
      />
      <NumberSlider
        label={t('operations.color.opacity')}
        unit="%"
        min={0}
        max={100}
        reset={100}
        value={Math.round(now.alpha * 100)}
        onChange={(alpha, gesture) => give({ alpha: alpha / 100 }, gesture)}
      />
    </div>
  );
}

interface PlaneProps {
  now: Hsva;
  onChange: (change: Partial<Hsva>, gesture: string) => void;
}

/** The area of saturation (to the right) and brightness (to the top); arrow keys move the point. */
function Plane({ now, onChange }: PlaneProps) {
  const { t } = useTranslation();
  const gesture = useRef<string | null>(null);
  const inside = (share: number) => Math.min(1, Math.max(0, share));
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    if (gesture.current === null) return;
    const box = event.currentTarget.getBoundingClientRect();
    onChange(
      {
        saturation: inside((event.clientX - box.left) / box.width),
        brightness: inside(1 - (event.clientY - box.top) / box.height),
      },
      gesture.current,
    );
  };
  return (
    <div
      className={styles.plane}
      style={{ backgroundColor: `hsl(${Math.round(now.hue)} 100% 50%)` }}
      role="slider"
      tabIndex={0}
      aria-label={t('operations.color.plane')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(now.saturation * 100)}
      aria-valuetext={t('operations.color.planeValue', {
        saturation: Math.round(now.saturation * 100),
        brightness: Math.round(now.brightness * 100),
      })}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        gesture.current = newGesture('color');
        follow(event);
      }}
      onPointerMove={follow}
      onPointerUp={() => {
        gesture.current = null;
      }}
      onPointerCancel={() => {
        gesture.current = null;
      }}
      onKeyDown={(event) => {
        const by = (event.shiftKey ? 10 : 1) / 100;
        const [right, up] =
          { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[
            event.key
          ] ?? [];
        if (right === undefined || up === undefined) return;
        event.preventDefault();
        onChange(
          {
            saturation: inside(now.saturation + right * by),
            brightness: inside(now.brightness + up * by),
          },
          newGesture('color'),
        );
      }}
    >
      <span
        className={styles.point}
        style={{ left: `${now.saturation * 100}%`, top: `${(1 - now.brightness) * 100}%` }}
      />
    </div>
  );
}
