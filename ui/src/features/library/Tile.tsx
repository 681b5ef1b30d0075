// A tile of the grid. The grid handles its clicks, keys and drags.
// biome-ignore-all lint/a11y/useSemanticElements: tiles are not the cells of a table
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell
import { Crop, Crosshair, Film, ImageOff, Star } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { formatOf, nameOf } from '@/assets/filter';
import { FAVOURITE } from '@/assets/marks';
import { StateIcon } from '@/assets/StateIcon';
import { Thumbnail, useFailure } from '@/assets/Thumbnail';
import { TruncatedName } from '@/components/TruncatedName';
import { useSelection } from '@/state/selection';
import type { StateFilter } from '@/state/view';
import { count, formatName } from '@/text';
import styles from './Tile.module.css';

interface TileProps {
  asset: Asset;
  /** From 1. */
  column: number;
  /** The thumbnail's longer side, in pixels. */
  pixels: number;
  /** The worst state of its variants; null: all are ready. */
  state: StateFilter | null;
}

export const tileId = (asset: number) => `asset-${asset}`;

export const Tile = memo(function Tile({ asset, column, pixels, state }: TileProps) {
  const { t } = useTranslation();
  const selected = useSelection(({ ids }) => ids.has(asset.id));
  const focused = useSelection(({ focus }) => focus === asset.id);
  const { failure, onFail } = useFailure(asset.version);
  const { state: read } = asset;
  const reason =
    read.kind === 'unreadable'
      ? read.message
      : failure && (failure.reason ?? t('library.noThumbnail'));
  const mark = reason && state === null ? 'failed' : state;
  const frames = read.kind === 'ready' ? read.frames : 1;
  const name = nameOf(asset.path);
  return (
    <div
      id={tileId(asset.id)}
      role="gridcell"
      aria-colindex={column}
      aria-selected={selected}
      className={styles.tile}
      data-asset={asset.id}
      data-path={asset.path}
      data-focused={focused || undefined}
      title={reason ? `${asset.path}\n${reason}` : asset.path}
    >
      <div className={styles.frame}>
        {reason ? (
          <span className={styles.unreadable}>
            <ImageOff aria-hidden />
            <span className={styles.reason}>{reason}</span>
          </span>
        ) : (
          <Thumbnail
            id={asset.id}
            version={asset.version}
            pixels={pixels}
            alpha={read.kind === 'ready' && read.alpha}
            ratio={read.kind === 'ready' ? read.width / Math.max(1, read.height) : null}
            onFail={onFail}
          />
        )}
      </div>
      <TruncatedName name={name} className={styles.name} />
      <div className={styles.facts}>
        <span className={styles.format}>{formatName(formatOf(asset))}</span>
        {read.kind === 'ready' && (
          <span className={styles.size}>
            {read.width} × {read.height}
          </span>
        )}
        <span className={styles.badges}>
          {frames > 1 && (
            <span className={styles.badge} title={t('library.frames', { number: count(frames) })}>
              <Film aria-label={t('library.frames', { number: count(frames) })} />
            </span>
          )}
          {asset.focal && (
            <span className={styles.badge} title={t('library.focal')}>
              <Crosshair aria-label={t('library.focal')} />
            </span>
          )}
          {Object.keys(asset.crops).length > 0 && (
            <span className={styles.badge} title={t('library.cropped')}>
              <Crop aria-label={t('library.cropped')} />
            </span>
          )}
          {asset.marks.includes(FAVOURITE) && (
            <span className={`${styles.badge} ${styles.star}`} title={t('library.marked')}>
              <Star aria-label={t('library.marked')} />
            </span>
          )}
          {mark && (
            <span className={styles.badge} title={t(`library.states.${mark}`)}>
              <StateIcon state={mark} />
              <span className="visually-hidden">{t(`library.states.${mark}`)}</span>
            </span>
          )}
        </span>
      </div>
    </div>
  );
});
