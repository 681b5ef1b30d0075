// The line under a picture: dimensions, format, size, share, quality, score, time, cache.
import { useTranslation } from 'react-i18next';
import type { Asset, Preview } from '@/api/bindings';
import { OwnCrop } from '@/preview/OwnCrop';
import type { ActiveGenerator } from '@/state/view';
import { bytes, formatName } from '@/text';
import styles from './Compare.module.css';

export function OriginalInfo({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const known = asset.state.kind === 'ready' ? asset.state : null;
  return (
    <p className={styles.facts} data-selectable>
      <strong>{t('compare.original')}</strong>
      {known && (
        <span>
          {known.width} × {known.height}
        </span>
      )}
      {known && <span>{formatName(known.format)}</span>}
      <span>{bytes(asset.bytes)}</span>
    </p>
  );
}

interface VariantInfoProps {
  name: string;
  asset: Asset;
  active: ActiveGenerator | null;
  preview: Preview | null;
  /** The score of `preview`, once it is measured. */
  score?: number | null;
  /** The variant that its bytes are compared with; left out: none. */
  than?: Preview | null;
  /** What it is among those that it is compared with. */
  mark?: string | null;
  /** As in `stretch`. */
  stretched?: number;
  current: boolean;
  error: string | null;
}

export function VariantInfo({
  name,
  asset,
  active,
  preview,
  score = null,
  than,
  mark = null,
  stretched = 1,
  current,
  error,
}: VariantInfoProps) {
  const { t } = useTranslation();
  if (error) {
    return (
      <p className={styles.facts} role="alert">
        <strong>{name}</strong>
        <span className={styles.error}>{error}</span>
      </p>
    );
  }
  return (
    <p className={styles.facts} data-selectable data-current={current} data-facts>
      <strong>{name}</strong>
      {preview && than === undefined && <VariantFigures {...{ preview, score }} />}
      {preview && than !== undefined && <ComparedFigures {...{ preview, score, than, mark }} />}
      {stretched !== 1 && (
        <span className={styles.note}>
          {stretched > 1
            ? t('compare.wider', { percent: Math.round((stretched - 1) * 100) })
            : t('compare.taller', { percent: Math.round((1 / stretched - 1) * 100) })}
        </span>
      )}
      {active && <OwnCrop asset={asset} active={active} />}
      {preview?.notes.map((note) => (
        <span key={note} className={styles.note}>
          {note}
        </span>
      ))}
      {preview && (
        <span className={styles.note} style={{ visibility: preview.draft ? 'visible' : 'hidden' }}>
          {t('compare.draft')}
        </span>
      )}
    </p>
  );
}

type FiguresProps = Required<Pick<VariantInfoProps, 'score'>> & { preview: Preview };

function VariantFigures({ preview, score }: FiguresProps) {
  const { t } = useTranslation();
  const share = (100 * preview.bytes) / Math.max(1, preview.source_bytes);
  const percent = share >= 10 ? share.toFixed(0) : share.toFixed(1);
  return (
    <>
      <Dimensions preview={preview} />
      <span>{formatName(preview.format)}</span>
      <Bytes preview={preview} />
      <span>{t('compare.percent', { percent })}</span>
      {preview.quality !== null && (
        <span>{t('compare.quality', { quality: preview.quality })}</span>
      )}
      <Score score={score} />
      <span>
        {preview.cached
          ? t('compare.cached')
          : t('compare.milliseconds', { count: Math.round(preview.ms) })}
      </span>
    </>
  );
}

/** The figures of one of several variations: what they differ in comes first. */
function ComparedFigures({
  preview,
  score,
  than,
  mark,
}: FiguresProps & { than: Preview | null; mark: string | null }) {
  return (
    <>
      <Bytes preview={preview} />
      {mark !== null && <span className={styles.mark}>{mark}</span>}
      {mark === null && than && <BytesDifference {...{ preview, than }} />}
      <Score score={score} />
      <Dimensions preview={preview} />
    </>
  );
}

const Dimensions = ({ preview: { width, height } }: { preview: Preview }) => (
  <span>
    {width} × {height}
  </span>
);

const Bytes = ({ preview }: { preview: Preview }) => (
  <span data-bytes={preview.bytes}>
    {preview.draft && '≈ '}
    {bytes(preview.bytes)}
  </span>
);

/** Its place is kept until it is known, so that the line does not change its height. */
function Score({ score }: { score: number | null }) {
  const { t } = useTranslation();
  return (
    <span
      style={{ visibility: score === null ? 'hidden' : 'visible' }}
      title={t('inspector.result.scoreHint')}
    >
      {t('compare.score', { score: (score ?? 0).toFixed(0) })}
    </span>
  );
}

/** How many bytes a variant has more or less than another. */
function BytesDifference({ preview, than }: { preview: Preview; than: Preview }) {
  const { t } = useTranslation();
  const more = preview.bytes - than.bytes;
  const share = Math.round((100 * Math.abs(more)) / Math.max(1, than.bytes));
  const by = { bytes: bytes(Math.abs(more)), percent: share };
  return (
    <span className={more < 0 ? styles.smaller : undefined} data-more={more}>
      {(preview.draft || than.draft) && '≈ '}
      {more === 0 ? t('compare.same') : t(more < 0 ? 'compare.smaller' : 'compare.larger', by)}
    </span>
  );
}
