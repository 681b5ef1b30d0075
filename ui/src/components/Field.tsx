import { type ReactNode, useId } from 'react';
import styles from './Field.module.css';

interface FieldProps {
  label: string;
  /** A hint below the control. */
  hint?: ReactNode;
  /** The error below the control. */
  error?: string | undefined;
  /** Renders the control with the id that the label refers to. */
  children: (id: string) => ReactNode;
}

/** A labelled control with a hint or an error. */
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
