// Says that the generator does not apply to the image, with what can be done.
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { showMatching } from '@/assets/matching';
import { Button } from '@/components/Button';
import { showError } from '@/state/notices';
import { useSections } from '@/state/sections';
import { type ActiveGenerator, useView } from '@/state/view';
import styles from './UnmatchedNote.module.css';

interface UnmatchedNoteProps {
  active: ActiveGenerator;
  /** Why it does not apply. */
  message: string;
}

export function UnmatchedNote({ active, message }: UnmatchedNoteProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return (
    <div className={styles.note} role="note">
      <p data-selectable>{message}</p>
      <div className={styles.offers}>
        <Button onClick={() => void showMatching(client, active).catch(showError)}>
          {t('variant.showMatching')}
        </Button>
        <Button look="quiet" onClick={() => editRule(active)}>
          {t('variant.editRule')}
        </Button>
      </div>
    </div>
  );
}

/** Opens the part of the form that says which images the generator applies to. */
function editRule({ file, generator }: ActiveGenerator) {
  const { active, set } = useView.getState();
  const isActive = active?.file === file && active.generator === generator;
  set({
    inspector: true,
    editor: 'form',
    ...(isActive ? {} : { active: { file, generator, variation: null, format: null } }),
  });
  useSections.getState().set('match', true);
  setTimeout(() => {
    const section = document.querySelector<HTMLElement>('[data-section="match"]');
    section?.scrollIntoView({ block: 'nearest' });
    section?.querySelector<HTMLElement>('button')?.focus();
  });
}
