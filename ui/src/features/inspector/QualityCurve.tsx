// Size and score of the variant in sight at several qualities; a click takes one of them.
import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeasuredPoint } from '@/api/bindings';
import { call } from '@/api/rpc';
import { Spinner } from '@/components/Spinner';
import { isTable } from '@/documents/applyEdits';
import type { GeneratorForm } from '@/documents/form';
import type { PreviewSlot } from '@/preview/slots';
import { useMeasurable } from '@/preview/useScore';
import { bytes, count } from '@/text';
import styles from './QualityCurve.module.css';

/** The qualities that are tried. */
const QUALITIES = [30, 45, 55, 65, 75, 82, 88, 94];

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
    const output = isTable(form.own.output) ? form.own.output : {};
    const steps = isTable(output.quality)
      ? ['output', 'quality', shown.format]
      : ['output', 'quality'];
    void form.set(steps, t('inspector.result.quality'), quality);
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
        {[50, 70, 90].map((score) => (
          <line key={score} x1={0} x2={points.length} y1={100 - score} y2={100 - score} />
        ))}
        {points.map((point, at) => {
          const size = (point.bytes / most) * 100;
          return <rect key={point.quality} x={at + 0.3} width={0.4} y={100 - size} height={size} />;
        })}
        <polyline points={line} />
      </svg>
      <fieldset className={styles.points} aria-label={t('inspector.curve.title')}>
        {points.map((point) => {
          const facts = {
            quality: point.quality,
            bytes: bytes(point.bytes),
            score: point.score?.toFixed(0) ?? '–',
          };
          return (
            <button
              key={point.quality}
              type="button"
              title={t('inspector.curve.point', facts)}
              aria-label={t('inspector.curve.point', facts)}
              aria-pressed={point.quality === quality}
              onClick={() => point.quality !== null && onChoose(point.quality)}
            >
              <span>{facts.bytes}</span>
              <span>{facts.score}</span>
              <strong>{point.quality !== null && count(point.quality)}</strong>
            </button>
          );
        })}
      </fieldset>
      <p className={styles.legend}>{t('inspector.curve.legend')}</p>
    </div>
  );
}
