// Buttons that show temporary variations of the active generator side by side.
import { FileImage, Gauge, Scaling } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/components/Button';
import { useView } from '@/state/view';
import styles from './Compare.module.css';
import { toggleTrials } from './trialMode';
import { TRIALS, type TrialKind } from './trials';

const ICONS = { formats: <FileImage />, qualities: <Gauge />, sizes: <Scaling /> };

/** `shown`: the kind that is in sight. */
export function TrialButtons({ shown }: { shown: TrialKind | null }) {
  const { t } = useTranslation();
  const active = useView((view) => view.active);
  return (
    <span className={styles.group}>
      {TRIALS.map((kind) => (
        <IconButton
          key={kind}
          label={t(`compare.trials.${kind}.title`)}
          icon={ICONS[kind]}
          pressed={shown === kind}
          disabled={!active}
          onClick={() => toggleTrials(kind)}
        />
      ))}
    </span>
  );
}
