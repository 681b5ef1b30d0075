// Pictures side by side in one zoom: the original, and variants of it.
import { type ReactNode, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset, Edit, Preview } from '@/api/bindings';
import { useInSight } from '@/components/useInSight';
import { usePreview } from '@/preview/usePreview';
import { useScore } from '@/preview/useScore';
import type { ActiveGenerator } from '@/state/view';
import styles from './Compare.module.css';
import { OriginalInfo, VariantInfo } from './ImageInfo';
import { OriginalLayer } from './Layers';
import { Loupe } from './Loupe';
import { Pane } from './Pane';
import { around, place, stretch, whole } from './placement';
import { Variant } from './Single';
import type { Rect, Size } from './transform';
import { useCompare } from './useCompare';
import { useScene } from './useScene';

/** A variant of the board. */
export interface BoardTile {
  /** The slot of its preview. */
  slot: string;
  /** Distinct from those of the others. */
  name: string;
  active: ActiveGenerator;
  /** Edits of the preset that are tried for it. */
  edits?: readonly Edit[];
  /** What it is among the others. */
  mark?: string | null;
  /** Controls beside its figures. */
  controls?: ReactNode;
}

interface BoardProps {
  asset: Asset;
  size: Size;
  tiles: readonly BoardTile[];
  /** The variant that the others are compared with; left out: none is. */
  chosen?: Preview | null;
  /** What stands in place of tiles. */
  hint?: ReactNode;
}

export function Board({ asset, size, tiles, chosen, hint }: BoardProps) {
  const { t } = useTranslation();
  const transform = useCompare((compare) => compare.transform);
  const [pane, setPane] = useState<Size>({ width: 0, height: 0 });
  const onSize = useCallback((width: number, height: number) => setPane({ width, height }), []);
  const leading = tiles.find(({ slot }) => slot === 'active') ?? tiles[0];
  return (
    <div className={styles.panes} data-count={Math.min(9, tiles.length + 1)}>
      <Pane label={t('compare.original')} footer={<OriginalInfo asset={asset} />} onSize={onSize}>
        <OriginalLayer
          {...{ asset, size, transform }}
          under={null}
          label={t('compare.originalOf', { path: asset.path })}
        />
      </Pane>
      {tiles.map((tile) => (
        <Tile
          key={tile.slot}
          {...{ asset, size, pane, tile }}
          leads={tile === leading}
          {...(chosen === undefined ? {} : { than: chosen })}
        />
      ))}
      {hint && <div className={styles.hint}>{hint}</div>}
    </div>
  );
}

interface TileProps {
  asset: Asset;
  size: Size;
  pane: Size;
  tile: BoardTile;
  /** Whether the zoom refers to this variant. */
  leads: boolean;
  than?: Preview | null;
}

function Tile({ asset, size, pane, tile, leads, than }: TileProps) {
  const { slot, name, active, edits, mark, controls } = tile;
  const { element, seen } = useInSight<HTMLDivElement>();
  const preview = usePreview(asset.id, active, slot, edits);
  const shown = preview.of?.asset === asset.id ? preview.shown : null;
  const score = useScore(preview, seen);
  const rect = shown ? place(size, shown, shown.placement) : whole(size);
  const facts = { asset, active, name, score, mark, preview: shown, current: preview.current };
  return (
    <Pane
      label={name}
      slot={slot}
      loupe={
        shown?.placement &&
        preview.drawable && (
          <Loupe {...{ asset, size, rect }} preview={shown} placement={shown.placement} />
        )
      }
      footer={
        <div className={styles.footers} ref={element}>
          <VariantInfo
            {...facts}
            {...(than === undefined ? {} : { than })}
            stretched={shown ? stretch(size, shown, shown.placement) : 1}
            error={shown && preview.error}
          />
          {controls}
        </div>
      }
    >
      {leads && <Lead pane={pane} size={size} rect={rect} pixels={shown?.width ?? size.width} />}
      <Variant {...{ active, preview, asset, rect }} />
    </Pane>
  );
}

interface LeadProps {
  pane: Size;
  size: Size;
  rect: Rect;
  pixels: number;
}

/** Fits the whole original and the leading variant; the crops of the others are parts of it. */
function Lead({ pane, size, rect, pixels }: LeadProps) {
  const seen = around(rect, whole(size));
  useScene(pane, seen, (pixels * seen.width) / rect.width);
  return null;
}
