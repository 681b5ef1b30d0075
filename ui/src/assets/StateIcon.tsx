// Shows a variant's state by shape and colour.
import type { VariantState } from '@/api/bindings';
import styles from './StateIcon.module.css';

const shapes: Record<VariantState, string> = {
  ready: 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9z',
  missing: 'M6 2.2a3.8 3.8 0 1 0 0 7.6a3.8 3.8 0 0 0 0-7.6z',
  stale: 'M6 .9L11.1 6L6 11.1L.9 6z',
  rendering: 'M6 2.2a3.8 3.8 0 1 0 0 7.6a3.8 3.8 0 0 0 0-7.6z',
  failed: 'M6 1L11.4 10.6H.6z',
};

/** Decorative: the text stands beside it, or in the label of its container. */
export function StateIcon({ state }: { state: VariantState }) {
  return (
    <svg className={`${styles.mark} ${styles[state]}`} viewBox="0 0 12 12" aria-hidden>
      <path d={shapes[state]} />
      {state === 'rendering' && <path className={styles.half} d="M6 1.5a4.5 4.5 0 0 1 0 9z" />}
    </svg>
  );
}
