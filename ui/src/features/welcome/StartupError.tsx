// Shown when the program cannot start: the reason, and diagnostics to copy.
import { useQueryClient } from '@tanstack/react-query';
import { ClipboardCopy, RotateCw, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { copyDiagnostics } from '@/actions/clipboard';
import { startUpQuery } from '@/api/queries';
import { Button } from '@/components/Button';
import { showError } from '@/state/notices';
import styles from './StartupError.module.css';

interface StartupErrorProps {
  reason: string;
  /** Whether retrying may help: the program looks for its workers only when it starts. */
  canRetry?: boolean;
}

export function StartupError({ reason, canRetry = false }: StartupErrorProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return (
    <main className={styles.page}>
      <div className={styles.column} role="alert">
        <TriangleAlert aria-hidden className={styles.sign} />
        <h1 className={styles.title}>{t('welcome.trouble')}</h1>
        <p>{t('welcome.troubleHint')}</p>
        <p className={styles.reason} data-selectable>
          {reason}
        </p>
        <p className={styles.hint}>
          {t(canRetry ? 'welcome.troubleAgain' : 'welcome.troubleRestart')}
        </p>
        <div className={styles.buttons}>
          <Button look="primary" onClick={() => void copyDiagnostics().catch(showError)}>
            <ClipboardCopy aria-hidden />
            {t('actions.help.diagnostics')}
          </Button>
          {canRetry && (
            <Button onClick={() => void client.refetchQueries({ queryKey: startUpQuery.queryKey })}>
              <RotateCw aria-hidden />
              {t('welcome.again')}
            </Button>
          )}
        </div>
      </div>
    </main>
  );
}
