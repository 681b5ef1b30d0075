// Compares a variant with its original: split, side by side, flipping, or by their difference.
import { type ComponentProps, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { Spinner } from '@/components/Spinner';
import { UnmatchedNote } from '@/preview/UnmatchedNote';
import { type PreviewView, usePreview } from '@/preview/usePreview';
import { useScore } from '@/preview/useScore';
import { type ActiveGenerator, type CompareMode, useView } from '@/state/view';
import { formatName } from '@/text';
import styles from './Compare.module.css';
import { DifferencePane } from './DifferencePane';
import { Divider } from './Divider';
import { OriginalInfo, VariantInfo } from './ImageInfo';
import { OriginalLayer, VariantLayer } from './Layers';
import { Loupe } from './Loupe';
import { nameOf } from './names';
import { Pane } from './Pane';
import { around, place, stretch, whole } from './placement';
import type { Rect, Size } from './transform';
import { useCompare } from './useCompare';
import { useScene } from './useScene';

interface SingleProps {
  asset: Asset;
  size: Size;
  mode: Exclude<CompareMode, 'many'>;
}

export function Single({ asset, size, mode: wanted }: SingleProps) {
  const { t } = useTranslation();
  const { active } = useView();
  const preview = usePreview(asset.id, active);
  const shown = preview.of?.asset === asset.id ? preview.shown : null;
  const score = useScore(preview);
  const placement = shown?.placement ?? null;
  const rect = shown ? place(size, shown, placement) : whole(size);
  const [pane, setPane] = useState<Size>({ width: 0, height: 0 });
  const onSize = useCallback((width: number, height: number) => setPane({ width, height }), []);
  const stretched = shown ? stretch(size, shown, placement) : 1;
  // What cannot be laid over each other stands side by side.
  const isApart = shown !== null && placement === null;
  const mode = isApart ? 'side' : wanted;
  // Beside its stretched variant, the original keeps its proportion and is shown whole.
  const isWhole = isApart || (mode === 'side' && stretched !== 1);
  const seen = isWhole ? around(rect, whole(size)) : rect;
  useScene(pane, seen, ((shown?.width ?? size.width) * seen.width) / rect.width);
  const divider = useCompare((compare) => compare.divider);
  const peek = useCompare((compare) => compare.peek);
  const under = placement && { rect, placement };
  const original = <Original asset={asset} size={size} under={under} />;
  const variant = active ? (
    <Variant {...{ active, preview, asset, rect }} />
  ) : (
    <p className={styles.middle}>{t('compare.noGenerator')}</p>
  );
  const facts = (
    <VariantInfo
      {...{ asset, active }}
      name={active ? nameOf(active) : t('compare.variant')}
      preview={shown}
      score={score}
      stretched={stretched}
      current={preview.current}
      // Without a picture the error is shown in its place.
      error={shown && preview.error}
    />
  );
  const loupe = shown && placement && preview.drawable && (
    <Loupe {...{ asset, size, rect, placement }} preview={shown} />
  );
  const figures = (
    <div className={styles.footers}>
      <OriginalInfo asset={asset} />
      {facts}
    </div>
  );
  if (mode === 'difference') {
    return (
      <div className={styles.panes} data-count={1}>
        <DifferencePane
          {...{ asset, size, rect, placement, onSize }}
          preview={shown}
          drawable={preview.drawable}
          footer={figures}
        >
          {peek ? original : variant}
        </DifferencePane>
      </div>
    );
  }
  if (mode === 'side') {
    return (
      <div className={styles.panes} data-count={2}>
        <Pane
          label={t('compare.original')}
          footer={<OriginalInfo asset={asset} />}
          onSize={onSize}
          loupe={loupe}
        >
          <div className={styles.under}>
            {isWhole ? <Original asset={asset} size={size} under={null} /> : original}
          </div>
        </Pane>
        <Pane label={t('compare.variant')} footer={facts} loupe={loupe}>
          {peek ? original : variant}
          <p className={styles.corner} aria-live="polite">
            {isApart && wanted !== 'side' ? t('compare.apart') : ''}
          </p>
        </Pane>
      </div>
    );
  }
  const split = mode === 'split';
  return (
    <div className={styles.panes} data-count={1}>
      <Pane
        label={t(split ? 'compare.split' : 'compare.flip')}
        onSize={onSize}
        loupe={loupe}
        footer={figures}
      >
        {split && !peek && (
          <div
            className={styles.under}
            style={{ clipPath: `inset(0 ${(1 - divider) * 100}% 0 0)` }}
          >
            {original}
          </div>
        )}
        {peek ? (
          original
        ) : (
          <div
            className={styles.under}
            style={
              // The divider clips the picture, but not a message in its place.
              split && !shown
                ? { left: `${divider * 100}%` }
                : { clipPath: split ? `inset(0 0 0 ${divider * 100}%)` : 'none' }
            }
          >
            {variant}
          </div>
        )}
        {split && !peek && (shown || !preview.error) && <Divider />}
        <p className={styles.corner} aria-live="polite">
          {peek ? t('compare.original') : split ? '' : t('compare.variant')}
        </p>
      </Pane>
    </div>
  );
}

type OriginalProps = Pick<ComponentProps<typeof OriginalLayer>, 'asset' | 'size' | 'under'>;

function Original({ asset, size, under }: OriginalProps) {
  const { t } = useTranslation();
  const transform = useCompare((compare) => compare.transform);
  return (
    <OriginalLayer
      {...{ asset, size, transform, under }}
      label={t('compare.originalOf', { path: asset.path })}
    />
  );
}

interface VariantProps {
  active: ActiveGenerator | null;
  preview: PreviewView;
  asset: Asset;
  rect: Rect;
}

export function Variant({ active, preview, asset, rect }: VariantProps) {
  const { t } = useTranslation();
  const transform = useCompare((compare) => compare.transform);
  const pixelExact = useView((view) => view.pixelExact);
  const shown = preview.of?.asset === asset.id ? preview.shown : null;
  return (
    <>
      {shown && preview.drawable && (
        <VariantLayer
          {...{ preview: shown, rect, transform, pixelExact }}
          label={t('compare.variantOf', { path: asset.path, format: formatName(shown.format) })}
        />
      )}
      {shown && !preview.drawable && (
        <p className={styles.middle}>
          {t('compare.undrawable', { format: formatName(shown.format) })}
        </p>
      )}
      {preview.error && !shown && active && preview.unmatched && (
        <div className={styles.middle}>
          <UnmatchedNote active={active} message={preview.error} />
        </div>
      )}
      {preview.error && !shown && !preview.unmatched && (
        <p className={styles.middle} role="alert">
          {preview.error}
        </p>
      )}
      <span className={styles.busy}>
        <Spinner busy={preview.busy && !preview.current} label={t('compare.rendering')} />
      </span>
    </>
  );
}
