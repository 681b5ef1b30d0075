// What is shown of the difference, and by how much it is amplified.
import { useTranslation } from 'react-i18next';
import { NumberSlider } from '@/components/NumberSlider';
import { Select } from '@/components/Select';
import styles from './Compare.module.css';
import { CHANNELS } from './difference';
import { useCompare } from './useCompare';

export function DifferenceControls() {
  const { t } = useTranslation();
  const { channels, amplification, set } = useCompare();
  return (
    <div className={styles.difference} data-controls>
      <span className={styles.amplification}>
        <NumberSlider
          label={t('compare.amplification')}
          value={amplification}
          min={1}
          max={16}
          reset={4}
          unit="×"
          onChange={(value) => set({ amplification: value })}
        />
      </span>
      <Select
        label={t('compare.channels')}
        className={styles.choice}
        value={channels}
        options={CHANNELS.map((value) => ({ value, label: t(`compare.channel.${value}`) }))}
        onChange={(value) => set({ channels: value })}
      />
    </div>
  );
}
