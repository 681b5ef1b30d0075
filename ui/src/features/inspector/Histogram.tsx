// The histogram of an image: brightness, and each channel.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Asset, Histogram as Counts } from '@/api/bindings';
import { histogramQuery } from '@/api/queries';
import styles from './AssetPanel.module.css';

const CHANNELS = ['red', 'green', 'blue'] as const;

export function Histogram({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const { data } = useQuery(histogramQuery(asset));
  // An image without an answer yet keeps its place.
  return (
    <figure className={styles.histogram}>
      {data ? (
        <svg
          viewBox="0 0 256 100"
          preserveAspectRatio="none"
          role="img"
          aria-label={t('inspector.image.histogram', { mean: meanOf(data.luminance) })}
        >
          {CHANNELS.map((channel) => (
            <path key={channel} className={styles[channel]} d={areaOf(data[channel], most(data))} />
          ))}
          <path className={styles.luminance} d={lineOf(data.luminance, most(data))} />
        </svg>
      ) : (
        <svg viewBox="0 0 256 100" aria-hidden />
      )}
      <figcaption className={styles.legend}>
        {(['luminance', ...CHANNELS] as const).map((name) => (
          <span key={name} data-channel={name}>
            {t(`inspector.image.channels.${name}`)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** The mean level, in percent. */
export function meanOf(counts: readonly number[]): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const sum = counts.reduce((former, count, level) => former + count * level, 0);
  return all === 0 ? 0 : Math.round((sum / all / 255) * 100);
}

/** The count that is drawn at full height. Pure black and white may be cut: they often tower. */
export function most({ luminance, red, green, blue }: Counts): number {
  const inner = [luminance, red, green, blue].flatMap((counts) => counts.slice(1, -1));
  return Math.max(1, ...inner);
}

const height = (count: number, full: number) =>
  (100 - Math.min(100, (count / full) * 100)).toFixed(1);

const lineOf = (counts: readonly number[], full: number) =>
  counts.map((count, at) => `${at === 0 ? 'M' : 'L'}${at} ${height(count, full)}`).join('');

const areaOf = (counts: readonly number[], full: number) =>
  `${lineOf(counts, full)}L${counts.length - 1} 100L0 100Z`;
