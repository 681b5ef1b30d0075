// The images that an export leaves out, and why.
import { ArrowLeft } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ExportPlan } from '@/api/bindings';
import { Button } from '@/components/Button';
import { TruncatedName } from '@/components/TruncatedName';
import { count } from '@/text';
import styles from './ExportDialog.module.css';

export function Skipped({ plan, onBack }: { plan: ExportPlan; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.names}>
      <h3 className={styles.heading}>{t('export.skipped')}</h3>
      <ul className={styles.skipped}>
        {plan.skipped.map(({ source, reason }) => (
          <li key={source} title={reason ?? undefined}>
            <TruncatedName name={source} />
            <span className={styles.soft}>{reason ?? t('export.unmatched')}</span>
          </li>
        ))}
      </ul>
      {plan.skipped.length < plan.without && (
        <p className={styles.soft}>
          {t('export.first', { count: plan.skipped.length, number: count(plan.without) })}
        </p>
      )}
      <Button look="quiet" onClick={onBack}>
        <ArrowLeft aria-hidden />
        {t('export.names')}
      </Button>
    </div>
  );
}
