import { type ReactNode, useId } from 'react';
import styles from './Field.module.css';

interface FieldProps {
  label: string;
  /** More about it, below. */
  hint?: ReactNode;
  /** What is wrong with it. */
  error?: string | undefined;
  /** Gets the id that the label points at. */
  children: (id: string) => ReactNode;
}

/** A label, a control, a hint. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <div className={styles.control}>
        {children(id)}
        {hint && <div className={styles.hint}>{hint}</div>}
        {error && (
          <p className={styles.error} role="alert">
            {error}
          </p>
        )}
      </div>
    </div>
  );
}
