// Asks what becomes of changes that cannot be saved: a copy elsewhere, or nothing.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UnsavablePreset } from '@/api/bindings';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { discardChanges, saveCopy, useQuestion } from '@/documents/leaving';
import { showError } from '@/state/notices';
import styles from './LeaveDialog.module.css';

export function LeaveDialog() {
  const question = useQuestion((state) => state.question);
  return question && <Question {...question} />;
}

interface QuestionProps {
  presets: readonly UnsavablePreset[];
  answer: (may: boolean) => void;
}

function Question({ presets, answer }: QuestionProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  /** Those that are not copied yet. */
  const [left, setLeft] = useState(presets);
  const [busy, setBusy] = useState(false);
  const during = async (work: () => Promise<boolean>) => {
    setBusy(true);
    try {
      if (await work()) answer(true);
    } catch (error) {
      showError(error);
    } finally {
      setBusy(false);
    }
  };
  const saveCopies = async () => {
    for (const { file } of left) {
      if ((await saveCopy(file)) === null) return false;
      // The copy has the changes now.
      await discardChanges(client, [file]);
      setLeft((former) => former.filter((one) => one.file !== file));
    }
    return true;
  };
  const discard = async () => {
    await discardChanges(
      client,
      left.map(({ file }) => file),
    );
    return true;
  };
  const [first] = left;
  return (
    <Dialog
      open
      onClose={() => !busy && answer(false)}
      size="small"
      title={t('leaving.title', { count: left.length, file: first?.file.split('/').at(-1) })}
      footer={
        <>
          <Button
            look="danger"
            className={styles.discard}
            disabled={busy}
            onClick={() => void during(discard)}
          >
            {t('leaving.discard')}
          </Button>
          <Button disabled={busy} onClick={() => answer(false)}>
            {t('common.cancel')}
          </Button>
          <Button
            look="primary"
            data-initial-focus
            disabled={busy}
            onClick={() => void during(saveCopies)}
          >
            {t('leaving.copy')}
          </Button>
        </>
      }
    >
      <ul className={styles.list}>
        {left.map(({ file, reason }) => (
          <li key={file}>
            {left.length > 1 && <strong>{file}</strong>}
            <span data-selectable>{reason}</span>
          </li>
        ))}
      </ul>
      <p className={styles.hint}>{t('leaving.hint')}</p>
    </Dialog>
  );
}
