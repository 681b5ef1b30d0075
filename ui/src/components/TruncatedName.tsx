// A file name or path that is cut in its middle: its end and its extension tell files apart.
import styles from './TruncatedName.module.css';

/** So many characters before the extension stay in sight. */
const BEFORE = 4;

/** A longer extension is none. */
const LONGEST = 6;

/** Where the part begins that is not cut; the name's length where nothing is gained by it. */
export function tailOf(name: string): number {
  const dot = name.lastIndexOf('.');
  const end = dot > 0 && name.length - dot <= LONGEST ? dot : name.length;
  const from = end - BEFORE;
  if (from < BEFORE) return name.length;
  // Half a character is none.
  return /[\uDC00-\uDFFF]/.test(name[from] ?? '') ? from - 1 : from;
}

interface TruncatedNameProps {
  name: string;
  className?: string | undefined;
}

/** The parts are only drawn: whoever listens, searches or copies finds the name in one piece. */
export function TruncatedName({ name, className }: TruncatedNameProps) {
  const from = tailOf(name);
  return (
    <span className={[styles.cut, className].join(' ')}>
      <span className="visually-hidden">{name}</span>
      <span aria-hidden className={styles.stem} data-text={name.slice(0, from)} />
      {from < name.length && (
        <span aria-hidden className={styles.tail} data-text={name.slice(from)} />
      )}
    </span>
  );
}
