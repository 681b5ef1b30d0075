// Truncates a file name or path in its middle, because names often differ at their end.
import styles from './TruncatedName.module.css';

/** The number of characters before the extension that stay visible. */
const BEFORE = 4;

/** The longest extension, with its dot. */
const LONGEST = 6;

/** The index from which the name is not truncated; its length if it is too short for that. */
export function tailOf(name: string): number {
  const dot = name.lastIndexOf('.');
  const end = dot > 0 && name.length - dot <= LONGEST ? dot : name.length;
  const from = end - BEFORE;
  if (from < BEFORE) return name.length;
  // Not within a surrogate pair.
  return /[\uDC00-\uDFFF]/.test(name[from] ?? '') ? from - 1 : from;
}

interface TruncatedNameProps {
  name: string;
  className?: string | undefined;
}

/** Draws the parts by CSS: the text stays in one piece for screen readers, search and copying. */
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
