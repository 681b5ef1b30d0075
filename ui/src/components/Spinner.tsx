import { useEffect, useState } from 'react';
import styles from './Spinner.module.css';

/** True once something has lasted longer than people take as immediate. */
export function useDelayed(busy: boolean, after = 500): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!busy) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), after);
    return () => clearTimeout(timer);
  }, [busy, after]);
  return busy && late;
}

/** A turning circle, shown only after half a second. */
export function Spinner({ busy, label }: { busy: boolean; label: string }) {
  const late = useDelayed(busy);
  return late ? <span className={styles.circle} role="progressbar" aria-label={label} /> : null;
}
