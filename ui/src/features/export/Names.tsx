// Previews the names of the exported files, and their clashes.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlannedName } from '@/api/bindings';
import { TruncatedName } from '@/components/TruncatedName';
import { count } from '@/text';
import styles from './ExportDialog.module.css';
import type { Planned } from './usePlan';

const ROW = 24;

/** At most this many clashes are listed. */
const MOST_CLASHES = 6;

interface NamesProps extends Planned {
  /** Whether assets and generators are chosen. */
  isComplete: boolean;
}

export function Names({ plan, current, isComplete }: NamesProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.names} aria-busy={!current}>
      <h3 className={styles.heading}>{t('export.names')}</h3>
      {plan === null ? (
        <p className={styles.soft}>{t(isComplete ? 'export.planning' : 'export.nothingYet')}</p>
      ) : (
        <>
          {plan.problems.length > 0 && (
            <ul role="alert" className={styles.problems}>
              {plan.problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          )}
          {plan.clashes.length > 0 && (
            <div role="alert" className={styles.problems}>
              <p>{t('export.clashes')}</p>
              <ul className={styles.clashes}>
                {plan.clashes.slice(0, MOST_CLASHES).map((clash) => (
                  <li key={clash}>{clash}</li>
                ))}
              </ul>
            </div>
          )}
          {plan.template !== null && <p className={styles.soft}>{t('export.noNames')}</p>}
          <List names={plan.names} />
          {plan.names.length < plan.total + plan.refused && (
            <p className={styles.soft}>
              {t('export.first', {
                count: plan.names.length,
                number: count(plan.total + plan.refused),
              })}
            </p>
          )}
        </>
      )}
    </div>
  );
}

function List({ names }: { names: readonly PlannedName[] }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: names.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it
    <section ref={scroller} className={styles.list} tabIndex={0} aria-label={t('export.names')}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const one = names[index];
          if (!one) return null;
          const { source } = one;
          const of = `${one.generator}: ${source}`;
          const name =
            one.name ??
            (one.fault
              ? t('export.refusedName', { of, reason: one.fault.message })
              : t('export.later', { stem: of }));
          return (
            <li
              key={index}
              className={styles.name}
              style={{ transform: `translateY(${start}px)` }}
              title={one.fault ? name : `${source} · ${one.generator}`}
              aria-setsize={names.length}
              aria-posinset={index + 1}
            >
              <span
                className={
                  one.fault ? styles.refused : one.name === null ? styles.soft : styles.path
                }
              >
                {one.fault ? name : <TruncatedName name={name} />}
              </span>
              {one.taken && <span className={styles.taken}>{t('export.taken')}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
