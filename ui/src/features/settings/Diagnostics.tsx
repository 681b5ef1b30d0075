// The dialog with the diagnostics as a text, for when the page may not write to the clipboard.
import { useTranslation } from 'react-i18next';
import { copyText } from '@/actions/clipboard';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { useDialogs } from '@/state/dialogs';
import { showError, useNotices } from '@/state/notices';
import styles from './About.module.css';

export function Diagnostics() {
  const { t } = useTranslation();
  const open = useDialogs((dialogs) => dialogs.open === 'diagnostics');
  const text = useDialogs((dialogs) => dialogs.text);
  const close = useDialogs((dialogs) => dialogs.close);
  const copy = async () => {
    await copyText(text);
    useNotices.getState().add('information', t('settings.diagnostics.copied'));
    close();
  };
  return (
    <Dialog
      {...{ open }}
      onClose={close}
      title={t('settings.diagnostics.title')}
      description={t('settings.diagnostics.description')}
      footer={
        <Button look="primary" onClick={() => void copy().catch(showError)}>
          {t('settings.diagnostics.copy')}
        </Button>
      }
    >
      <textarea
        readOnly
        className={styles.text}
        aria-label={t('settings.diagnostics.title')}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
    </Dialog>
  );
}
