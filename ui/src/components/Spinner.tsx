import { useEffect, useState } from 'react';
import styles from './Spinner.module.css';

/** True once `busy` has lasted longer than feels immediate. */
export function useDelayed(busy: boolean, after = 500): boolean {
  const [isDelayed, setDelayed] = useState(false);
  useEffect(() => {
    if (!busy) {
      setDelayed(false);
      return;
    }
    const timer = setTimeout(() => setDelayed(true), after);
    return () => clearTimeout(timer);
  }, [busy, after]);
  return busy && isDelayed;
}

/** A spinner that appears after half a second. */
export function Spinner({ busy, label }: { busy: boolean; label: string }) {
  const isDelayed = useDelayed(busy);
  return isDelayed ? (
    <span className={styles.circle} role="progressbar" aria-label={label} />
  ) : null;
}
