// Size and score of the variant in sight at several qualities; a click takes one of them.
import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeasuredPoint } from '@/api/bindings';
import { call } from '@/api/rpc';
import { Spinner } from '@/components/Spinner';
import { isTable } from '@/documents/applyEdits';
import { formatsOf, type GeneratorForm } from '@/documents/form';
import { qualityEdits } from '@/documents/quality';
import type { PreviewSlot } from '@/preview/slots';
import { useMeasurable } from '@/preview/useScore';
import { bytes, count } from '@/text';
import styles from './QualityCurve.module.css';

/** The qualities that are tried. */
const QUALITIES = [30, 45, 55, 65, 75, 82, 88, 94];

/** The scores that are marked. */
const LEVELS = [90, 70, 50];

export function QualityCurve({ preview, form }: { preview: PreviewSlot; form: GeneratorForm }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const measurable = useMeasurable(preview);
  const { data, isFetching } = useQuery({
    queryKey: ['curve', preview.shown?.key],
    queryFn: () => {
      if (!measurable) throw new Error('nothing to measure');
      return call('measure', { variant: { ...measurable, slot: 'curve' }, qualities: QUALITIES });
    },
    enabled: open && measurable !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (former) => former,
    retry: false,
  });
  const { shown } = preview;
  if (!shown || shown.quality === null) return null;
  const choose = (quality: number) => {
    const { active, own, defaults } = form;
    const output = isTable(own.output) ? own.output : {};
    const rule = { generator: active.generator, own: output, defaults, formats: formatsOf(form) };
    const label = { name: t('inspector.result.quality'), generator: active.generator };
    const edits = qualityEdits(rule, shown.format, quality);
    void form.edit(t('inspector.changed', label), edits);
  };
  return (
    <div>
      <button
        type="button"
        className={styles.toggle}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight aria-hidden />
        {t('inspector.curve.title')}
        <Spinner busy={open && isFetching} label={t('inspector.curve.measuring')} />
      </button>
      {open && data && <Chart points={data.points} quality={shown.quality} onChoose={choose} />}
    </div>
  );
}

interface ChartProps {
  points: readonly MeasuredPoint[];
  /** The quality of the variant in sight. */
  quality: number;
  onChoose: (quality: number) => void;
}

function Chart({ points, quality, onChoose }: ChartProps) {
  const { t } = useTranslation();
  const [pointed, setPointed] = useState<number | null>(null);
  const told = points.find((point) => point.quality === (pointed ?? quality));
  const most = Math.max(...points.map((point) => point.bytes));
  const height = (point: MeasuredPoint) => Math.max(0, Math.min(100, point.score ?? 0));
  const line = points.map((point, at) => `${at + 0.5},${100 - height(point)}`).join(' ');
  return (
    <div className={styles.chart}>
      <svg
        className={styles.plot}
        viewBox={`0 0 ${points.length} 100`}
        preserveAspectRatio="none"
        aria-hidden
      >
        {LEVELS.map((score) => (
          <line key={score} x1={0} x2={points.length} y1={100 - score} y2={100 - score} />
        ))}
        {points.map((point, at) => {
          const size = (point.bytes / most) * 100;
          return <rect key={point.quality} x={at + 0.3} width={0.4} y={100 - size} height={size} />;
        })}
        <polyline points={line} />
      </svg>
      <div className={styles.levels} aria-hidden>
        {LEVELS.map((score) => (
          <span key={score} style={{ top: `${100 - score}%` }}>
            {score}
          </span>
        ))}
      </div>
      <fieldset className={styles.points} aria-label={t('inspector.curve.title')}>
        {points.map((point) => (
          <button
            key={point.quality}
            type="button"
            aria-label={t('inspector.curve.point', factsOf(point))}
            aria-pressed={point.quality === quality}
            onClick={() => point.quality !== null && onChoose(point.quality)}
            onPointerEnter={() => setPointed(point.quality)}
            onPointerLeave={() => setPointed(null)}
            onFocus={() => setPointed(point.quality)}
            onBlur={() => setPointed(null)}
          >
            {point.quality !== null && count(point.quality)}
          </button>
        ))}
      </fieldset>
      <p className={styles.told}>
        {told ? t('inspector.curve.point', factsOf(told)) : t('inspector.curve.choose')}
      </p>
      <p className={styles.legend}>{t('inspector.curve.legend')}</p>
    </div>
  );
}

const factsOf = ({ quality, bytes: size, score }: MeasuredPoint) => ({
  quality,
  bytes: bytes(size),
  score: score?.toFixed(0) ?? '–',
});
