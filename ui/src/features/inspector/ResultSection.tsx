// The figures of the active variant of the focused asset.
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Preview } from '@/api/bindings';
import { useAssets, usePresets } from '@/api/queries';
import { openIn } from '@/assets/commands';
import { Button } from '@/components/Button';
import { Select } from '@/components/Select';
import { Spinner } from '@/components/Spinner';
import { TruncatedName } from '@/components/TruncatedName';
import { useGeneratorForm } from '@/documents/form';
import { optionOf, variationOf, variationOptions } from '@/documents/variations';
import { OwnCrop } from '@/preview/OwnCrop';
import { UnmatchedNote } from '@/preview/UnmatchedNote';
import { usePreview } from '@/preview/usePreview';
import { meaningOf, useScore } from '@/preview/useScore';
import { useSelection } from '@/state/selection';
import { type ActiveGenerator, useView } from '@/state/view';
import { bytes, count, formatName } from '@/text';
import { QualityCurve } from './QualityCurve';
import styles from './ResultSection.module.css';
import { Section } from './Section';

export function ResultSection({ active }: { active: ActiveGenerator }) {
  const { t } = useTranslation();
  const focus = useSelection((selection) => selection.focus);
  const preview = usePreview(focus, active);
  const asset = useAssets().find(({ id }) => id === focus);
  const info = usePresets()
    .find(({ file }) => file === active.file)
    ?.generators.find(({ name }) => name === active.generator);
  const sizes = info ? variationOptions(info, t('sheet.first')) : [];
  const { shown, current, busy, error, late } = preview;
  const score = useScore(preview);
  const form = useGeneratorForm();
  const choose = (change: { variation?: string | null; format?: string }) =>
    useView.getState().set({ active: { ...active, ...change } });
  return (
    <Section
      name="result"
      title={t('inspector.sections.result')}
      summary={shown && `${shown.width} × ${shown.height} · ${bytes(shown.bytes)}`}
      extra={<Spinner busy={busy && !current} label={t('inspector.result.waiting')} />}
    >
      {info && (sizes.length > 1 || info.formats.length > 1) && (
        <div className={styles.choice}>
          {sizes.length > 1 && (
            <Select
              label={t('inspector.result.variation')}
              value={optionOf(info, active.variation)}
              options={sizes}
              onChange={(chosen) => choose({ variation: variationOf(chosen) })}
            />
          )}
          {info.formats.length > 1 && (
            <Select
              label={t('inspector.result.format')}
              value={active.format ?? info.formats[0] ?? ''}
              options={info.formats.map((value) => ({
                value,
                label: formatName(value),
              }))}
              onChange={(format) => choose({ format })}
            />
          )}
        </div>
      )}
      {focus === null && <p className={styles.soft}>{t('inspector.result.noAsset')}</p>}
      {asset && (
        <p className={styles.asset} title={asset.path}>
          <TruncatedName name={asset.path} />
        </p>
      )}
      {asset && <OwnCrop asset={asset} active={active} />}
      {error && preview.unmatched && <UnmatchedNote active={active} message={error} />}
      {error && !preview.unmatched && (
        <div className={styles.error} role="alert">
          <TriangleAlert />
          <p data-selectable>{error}</p>
          {preview.canRetry && <Button onClick={preview.retry}>{t('common.retry')}</Button>}
        </div>
      )}
      {shown && !error && preview.drawable && <Picture preview={shown} asset={focus} />}
      {shown && !error && <Figures preview={shown} score={score} fresh={current || !late} />}
      {shown && !error && form && <QualityCurve preview={preview} form={form} />}
    </Section>
  );
}

/** The variant in its own proportion; the compare view shows it already. */
function Picture({ preview, asset }: { preview: Preview; asset: number | null }) {
  const { t } = useTranslation();
  const isCompared = useView((view) => view.current === 'compare');
  if (isCompared || asset === null) return null;
  return (
    <button
      type="button"
      className={styles.picture}
      aria-label={t('inspector.result.compare')}
      title={t('inspector.result.compare')}
      onClick={() => openIn('compare', asset)}
    >
      <img src={preview.url} alt="" draggable={false} />
    </button>
  );
}

interface FiguresProps {
  preview: Preview;
  score: number | null;
  fresh: boolean;
}

function Figures({ preview, score, fresh }: FiguresProps) {
  const { t } = useTranslation();
  const { width, height, frames, format, source_bytes, quality, ms, cached, draft } = preview;
  const share = source_bytes > 0 ? (preview.bytes / source_bytes) * 100 : null;
  const about = draft ? '≈ ' : '';
  const facts: [string, string][] = [
    [t('inspector.result.pixels'), `${width} × ${height}`],
    [t('inspector.result.written'), formatName(format)],
    [t('inspector.result.bytes'), about + bytes(preview.bytes)],
  ];
  if (share !== null) {
    const digits = share < 10 ? 1 : 0;
    facts.push([t('inspector.result.share'), `${about}${share.toFixed(digits)}%`]);
  }
  if (frames > 1) facts.push([t('inspector.result.frames'), count(frames)]);
  // Always there, because a draft knows neither of them yet.
  facts.push([t('inspector.result.quality'), quality === null ? '–' : String(quality)]);
  facts.push([
    t('inspector.result.score'),
    score === null ? '–' : t(`inspector.score.${meaningOf(score)}`, { score: score.toFixed(0) }),
  ]);
  facts.push([
    t('inspector.result.time'),
    cached ? t('inspector.result.cached') : `${Math.round(ms)} ms`,
  ]);
  return (
    <>
      <dl className={styles.facts} data-old={!fresh || undefined} data-result>
        {facts.map(([name, value]) => (
          <div
            key={name}
            title={
              name === t('inspector.result.score') ? t('inspector.result.scoreHint') : undefined
            }
          >
            <dt>{name}</dt>
            <dd data-selectable>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.soft} style={{ visibility: draft ? 'visible' : 'hidden' }}>
        {t('inspector.result.draft')}
      </p>
      {preview.notes.map((note) => (
        <p key={note} className={styles.note} data-selectable>
          {note}
        </p>
      ))}
    </>
  );
}
