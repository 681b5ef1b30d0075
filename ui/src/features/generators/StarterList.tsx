// The presets that a new file can begin as, each with a picture and a sentence.
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Starter } from '@/api/bindings';
import styles from './StarterList.module.css';

const STARTERS: readonly Starter[] = [
  'responsive',
  'social',
  'shop',
  'thumbnails',
  'print',
  'favicons',
  'newsletter',
  'densities',
  'documentation',
];

// The page may show pictures of its own files only, not such as are written into the script.
const pictures = import.meta.glob<string>('./starters/*.webp', {
  eager: true,
  query: '?url&no-inline',
  import: 'default',
});

interface StarterListProps {
  value: Starter | null;
  onChange: (starter: Starter | null) => void;
}

export function StarterList({ value, onChange }: StarterListProps) {
  const { t } = useTranslation();
  const group = useId();
  return (
    <fieldset className={styles.list}>
      <legend>{t('generators.starters.label')}</legend>
      {[null, ...STARTERS].map((starter) => {
        const key = starter ?? 'blank';
        const picture = pictures[`./starters/${key}.webp`];
        return (
          <label key={key} className={styles.starter} data-starter={key}>
            <input
              type="radio"
              name={group}
              checked={value === starter}
              onChange={() => onChange(starter)}
            />
            {picture ? <img src={picture} alt="" /> : <span className={styles.blank} />}
            <span className={styles.name}>{t(`generators.starters.${key}.name`)}</span>
            <span className={styles.about}>{t(`generators.starters.${key}.about`)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
