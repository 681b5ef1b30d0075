// Shows how a variant differs from its original: black where both are the same.
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset, Preview } from '@/api/bindings';
import { Spinner } from '@/components/Spinner';
import { useDensity } from '@/state/density';
import { useView } from '@/state/view';
import styles from './Compare.module.css';
import { DifferenceControls } from './DifferenceControls';
import { drawDifference, levelsAt } from './difference';
import { box } from './Layers';
import { Loupe } from './Loupe';
import { Pane } from './Pane';
import type { Placement } from './placement';
import { onPane, type Rect, type Size } from './transform';
import { useCompare } from './useCompare';
import { type Difference, useDifference } from './useDifference';
import { usePointer } from './usePointer';

interface DifferencePaneProps {
  asset: Asset;
  size: Size;
  /** Null: there is none yet, and `children` say why. */
  preview: Preview | null;
  drawable: boolean;
  rect: Rect;
  placement: Placement | null;
  onSize: (width: number, height: number) => void;
  footer: ReactNode;
  /** What is shown in place of the difference. */
  children: ReactNode;
}

export function DifferencePane(props: DifferencePaneProps) {
  const { asset, size, preview, drawable, rect, placement, onSize, footer, children } = props;
  const { t } = useTranslation();
  const id = useId();
  const peek = useCompare((compare) => compare.peek);
  const isMoving =
    (preview?.frames ?? 1) > 1 || (asset.state.kind === 'ready' && asset.state.frames > 1);
  const comparable = preview && placement && drawable && !isMoving;
  const compared = comparable ? { asset, size, preview, placement, rect } : null;
  const { difference, error } = useDifference(compared);
  const isBusy = compared !== null && error === null && difference?.key !== compared.preview.key;
  return (
    <Pane
      id={id}
      label={t('compare.difference')}
      footer={footer}
      onSize={onSize}
      loupe={compared && <Loupe {...compared} />}
    >
      {(peek || !comparable) && children}
      {!peek && comparable && difference && (
        <>
          <DifferenceLayer difference={difference} preview={preview} rect={rect} />
          <DifferenceControls />
          <Readout id={id} difference={difference} preview={preview} rect={rect} />
        </>
      )}
      {comparable && error && (
        <p className={styles.middle} role="alert">
          {error}
        </p>
      )}
      <span className={styles.busy}>
        <Spinner busy={isBusy} label={t('compare.comparing')} />
      </span>
      <p className={styles.corner} aria-live="polite">
        {isMoving
          ? t('compare.moving')
          : peek
            ? t('compare.original')
            : difference && comparable && summary(difference, t)}
      </p>
    </Pane>
  );
}

function summary({ largest, mean }: Difference, t: ReturnType<typeof useTranslation>['t']) {
  if (largest === 0) return t('compare.identical');
  return t('compare.extent', { largest, mean: mean < 10 ? mean.toFixed(1) : mean.toFixed(0) });
}

interface LayerProps {
  difference: Difference;
  preview: Preview;
  rect: Rect;
}

function DifferenceLayer({ difference, preview, rect }: LayerProps) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { transform, channels, amplification } = useCompare();
  const pixelExact = useView((view) => view.pixelExact);
  const { laid } = difference;
  useEffect(() => {
    if (canvas.current) drawDifference(canvas.current, laid, channels);
  }, [laid, channels]);
  const shown = onPane(transform, rect);
  const density = useDensity();
  const enlarged = shown.width * density > preview.width * 1.001;
  const grey = channels === 'grey' ? 'grayscale(1) ' : '';
  return (
    <div className={styles.layer} style={box(shown, density)}>
      <canvas
        ref={canvas}
        className={styles.picture}
        role="img"
        aria-label={`${t('compare.difference')}: ${summary(difference, t)}`}
        data-exact={pixelExact && enlarged}
        data-difference={difference.key}
        style={{
          width: shown.width,
          height: shown.height,
          filter: `${grey}brightness(${amplification})`,
        }}
      />
    </div>
  );
}

/** The levels of both pictures under the pointer. */
function Readout({ id, difference, preview, rect }: LayerProps & { id: string }) {
  const { t } = useTranslation();
  const transform = useCompare((compare) => compare.transform);
  const { pane, x, y } = usePointer();
  if (pane !== id) return null;
  const { laid } = difference;
  const shown = onPane(transform, rect);
  const at = (place: number, side: number) => Math.floor(place * side);
  const [across, down] = [(x - shown.left) / shown.width, (y - shown.top) / shown.height];
  const levels = levelsAt(laid, at(across, laid.size.width), at(down, laid.size.height));
  if (!levels) return null;
  const { original, variant } = levels;
  const by = original.map((level, index) => Math.abs(level - (variant[index] ?? 0)));
  const words = (values: readonly number[]) => values.join(' ');
  return (
    <p className={styles.readout} data-readout>
      {t('compare.pixel', { x: at(across, preview.width), y: at(down, preview.height) })}
      <span>{t('compare.levels', { name: t('compare.original'), levels: words(original) })}</span>
      <span>{t('compare.levels', { name: t('compare.variant'), levels: words(variant) })}</span>
      <span>{t('compare.levels', { name: t('compare.difference'), levels: words(by) })}</span>
    </p>
  );
}
