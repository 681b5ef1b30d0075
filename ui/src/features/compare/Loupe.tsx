// The loupe: original and variant beside each other in their pixels, at one place of both.
import { useTranslation } from 'react-i18next';
import type { Asset, Preview } from '@/api/bindings';
import { OriginalLayer, VariantLayer } from './Layers';
import styles from './Loupe.module.css';
import type { Placement } from './placement';
import { type Rect, type Size, scaleOfWhole } from './transform';
import { useCompare } from './useCompare';
import { usePointer } from './usePointer';

/** The size of each half, in CSS pixels; on small panes it is smaller. */
const HALF = { width: 190, height: 210 };

interface LoupeProps {
  asset: Asset;
  size: Size;
  preview: Preview;
  rect: Rect;
  placement: Placement;
}

export function Loupe({ asset, size, preview, rect, placement }: LoupeProps) {
  const { t } = useTranslation();
  const { x, y, factor } = usePointer();
  const { transform, scene } = useCompare();
  if (!scene) return null;
  const { pane, density } = scene;
  const half = {
    width: Math.floor(Math.min(HALF.width, (pane.width - 16) / 2)),
    height: Math.floor(Math.min(HALF.height, pane.height - 16)),
  };
  const scale = scaleOfWhole(rect, preview.width, density) * factor;
  const by = scale / transform.scale;
  // Whole pixels: the variant's are not mixed.
  const own = {
    scale,
    x: Math.round(half.width / 2 - (x - transform.x) * by),
    y: Math.round(half.height / 2 - (y - transform.y) * by),
  };
  const inside = (at: number, side: number, room: number) =>
    Math.round(Math.min(Math.max(0, room - side), Math.max(0, at - side / 2)));
  const place = {
    left: inside(x, 2 * half.width, pane.width),
    top: inside(y, half.height, pane.height),
  };
  const percent = `${factor * 100}%`;
  return (
    <div
      className={styles.loupe}
      style={place}
      role="img"
      aria-label={t('compare.loupeAt', { percent })}
      data-loupe={factor}
    >
      <div className={styles.half} style={half}>
        <OriginalLayer {...{ asset, size }} transform={own} under={{ rect, placement }} label="" />
        <span className={styles.tag}>{t('compare.original')}</span>
      </div>
      <div className={styles.half} style={half}>
        <VariantLayer {...{ preview, rect }} transform={own} pixelExact label="" />
        <span className={styles.tag}>{t('compare.variant')}</span>
        <span className={styles.factor}>{percent}</span>
      </div>
    </div>
  );
}
