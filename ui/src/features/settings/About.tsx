// The dialog about the program: version and licences.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { copyDiagnostics } from '@/actions/clipboard';
import { useStartUp } from '@/api/queries';
import { call } from '@/api/rpc';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { useDialogs } from '@/state/dialogs';
import { showError } from '@/state/notices';
import { formatName } from '@/text';
import styles from './About.module.css';

export function About() {
  const { t } = useTranslation();
  const open = useDialogs((dialogs) => dialogs.open === 'about');
  const close = useDialogs((dialogs) => dialogs.close);
  return (
    <Dialog
      {...{ open }}
      onClose={close}
      title={t('settings.about.title')}
      footer={
        <>
          <Button onClick={() => void copyDiagnostics().catch(showError)}>
            {t('actions.help.diagnostics')}
          </Button>
          <Button onClick={close}>{t('common.close')}</Button>
        </>
      }
    >
      <Versions />
    </Dialog>
  );
}

function Versions() {
  const { t } = useTranslation();
  const startUp = useStartUp();
  const { data } = useQuery({
    queryKey: ['diagnostics'],
    queryFn: () => call('diagnostics'),
    gcTime: 0,
  });
  return (
    <div className={styles.facts}>
      <p>{t('settings.about.what')}</p>
      <dl className={styles.list}>
        <dt>{t('settings.about.version')}</dt>
        <dd data-selectable>{startUp?.version}</dd>
        <dt>{t('settings.about.writes')}</dt>
        <dd data-selectable>{startUp?.writes.map(formatName).join(', ')}</dd>
        <dt>{t('settings.about.licence')}</dt>
        <dd>{t('settings.about.licences')}</dd>
      </dl>
      {data && (
        <>
          <h3 className={styles.heading}>{t('settings.about.machine')}</h3>
          <textarea
            readOnly
            className={styles.text}
            aria-label={t('settings.about.machine')}
            value={data.text}
          />
        </>
      )}
    </div>
  );
}
