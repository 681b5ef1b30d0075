// The grid of thumbnails: a virtual list of rows with memoised tiles. The grid handles keys, clicks and
// drags for all tiles.
// biome-ignore-all lint/a11y/useSemanticElements: tiles are not the cells of a table
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Images } from 'lucide-react';
import { memo, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '@/actions/ActionButton';
import type { Asset } from '@/api/bindings';
import { assetsQuery } from '@/api/queries';
import { resize, SIDES } from '@/assets/commands';
import { useCriteria, useFilteredAssets, useStates } from '@/assets/filtered';
import { NoneShown } from '@/assets/NoneShown';
import { pixelsFor } from '@/assets/thumbnails';
import { useVisible } from '@/assets/visible';
import empty from '@/components/empty.module.css';
import { ContextMenu } from '@/components/Menu';
import { useInitialFocus } from '@/components/useInitialFocus';
import { useDensity } from '@/state/density';
import { useSelection } from '@/state/selection';
import { type StateFilter, useView } from '@/state/view';
import styles from './Grid.module.css';
import { touched } from './marquee';
import { Tile, tileId } from './Tile';
import { useAssetMenu } from './useAssetMenu';
import { useKeys } from './useKeys';
import { useMarquee } from './useMarquee';
import { usePress } from './usePress';
import { useWheelZoom } from './useWheelZoom';
import { useWidth } from './useWidth';

/** The space of a tile around its thumbnail, in CSS pixels: see Tile.module.css. */
const AROUND = 12;
const BELOW = 47;
const GAP = 6;
const EDGE = 10;

/** The number of rows rendered beyond the edges of the screen. */
const OVERSCAN = 2;

export function Grid() {
  const { t } = useTranslation();
  const shown = useFilteredAssets();
  const assets = useQuery(assetsQuery).data;
  if (shown.ids.length > 0) return <Tiles shown={shown} />;
  return (
    <div className={empty.empty}>
      {assets?.complete === false || !assets ? (
        <p>{t('library.looking')}</p>
      ) : assets.assets.length === 0 ? (
        <>
          <Images aria-hidden className={styles.sign} />
          <p>{t('library.empty')}</p>
          <p className={styles.hint}>{t('library.emptyHint')}</p>
          <ActionButton id="file.open" look="primary" />
        </>
      ) : (
        <NoneShown />
      )}
    </div>
  );
}

function Tiles({ shown }: { shown: ReturnType<typeof useFilteredAssets> }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const states = useStates();
  const requested = useView((view) => view.thumbnail);
  const focus = useSelection((selection) => selection.focus);
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller) - 2 * EDGE;
  const { assets, ids, places } = shown;

  const { columns, side } = layOut(width, requested);
  const height = side + BELOW + GAP;
  const rows = useVirtualizer({
    count: width > 0 ? Math.ceil(ids.length / columns) : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    paddingStart: EDGE,
    paddingEnd: EDGE,
    scrollPaddingStart: EDGE,
    scrollPaddingEnd: EDGE,
  });
  const virtualRows = rows.getVirtualItems();
  const first = (rows.range?.startIndex ?? 0) * columns;
  const end = ((rows.range?.endIndex ?? -1) + 1) * columns;

  const seen = useMemo(() => ids.slice(first, end), [ids, first, end]);
  const near = useMemo(() => {
    const [above, below] = [first - OVERSCAN * columns, end + OVERSCAN * columns];
    return [...ids.slice(end, below), ...ids.slice(Math.max(0, above), first)];
  }, [ids, first, end, columns]);
  useVisible(seen, near);

  // When tiles change their size, the topmost row stays at the top.
  const top = useRef(0);
  const shape = `${columns} ${height}`;
  const formerShape = useRef(shape);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new shape moves the rows
  useEffect(() => {
    if (formerShape.current === shape) return;
    const initial = formerShape.current.startsWith('1 ') && top.current === 0;
    formerShape.current = shape;
    rows.measure();
    const at = focus === null ? undefined : places.get(focus);
    const place = initial ? at : top.current;
    if (place !== undefined) {
      rows.scrollToIndex(Math.floor(place / columns), { align: initial ? 'center' : 'start' });
    }
  }, [shape]);
  useEffect(() => {
    if (formerShape.current === shape) top.current = first;
  }, [first, shape]);

  // Scrolls to a newly focused tile, but not to the initial one.
  const focusRow = focus === null ? undefined : places.get(focus);
  const formerFocus = useRef(focus);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new focus only, not a new order
  useEffect(() => {
    const isFirst = formerFocus.current === null && useSelection.getState().ids.size === 0;
    formerFocus.current = focus;
    if (focusRow !== undefined && !isFirst) rows.scrollToIndex(Math.floor(focusRow / columns));
  }, [focus]);

  // Another folder, search or order scrolls to the focused tile, or else to the top.
  const criteria = useCriteria();
  const formerCriteria = useRef(criteria);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another choice moves the rows
  useEffect(() => {
    if (formerCriteria.current === criteria) return;
    formerCriteria.current = criteria;
    const isSelected = focus !== null && useSelection.getState().ids.has(focus);
    const row = isSelected && focusRow !== undefined ? Math.floor(focusRow / columns) : 0;
    rows.scrollToIndex(row);
  }, [criteria]);

  useInitialFocus(scroller);
  useWheelZoom(scroller, (by) => resize(by * SIDES.step));
  const press = usePress();
  const keys = useKeys({ shown, columns, page: Math.floor((end - first) / columns), first });
  const cell = (Math.max(0, width) + GAP) / columns;
  const marquee = useMarquee(scroller, (from, to) =>
    touched(from, to, {
      ...{ left: EDGE, top: EDGE, width: cell, height, columns },
      count: ids.length,
    }).flatMap((place) => ids[place] ?? []),
  );
  const menu = useAssetMenu(client);
  const pixels = pixelsFor(requested, useDensity());

  return (
    <ContextMenu entries={menu.entries}>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        className={styles.scroller}
        aria-label={t('library.grid')}
        aria-multiselectable
        aria-rowcount={rows.options.count}
        aria-colcount={columns}
        aria-activedescendant={focus !== null && places.has(focus) ? tileId(focus) : undefined}
        onKeyDown={keys.onKeyDown}
        onFocus={keys.onFocus}
        onClick={press.click}
        onDoubleClick={press.doubleClick}
        onPointerDown={(event) => press.down(event) || marquee.down(event)}
        onContextMenuCapture={menu.prepare}
        style={{ '--side': `${side}px` } as React.CSSProperties}
      >
        <div className={styles.content} role="presentation" style={{ height: rows.getTotalSize() }}>
          {virtualRows.map(({ index, start }) => (
            <Row
              key={index}
              row={index}
              start={start}
              {...{ assets, columns, height, pixels, states: states.of }}
            />
          ))}
          <div ref={marquee.element} className={styles.marquee} hidden />
        </div>
      </div>
    </ContextMenu>
  );
}

/** Fits columns into the width: the thumbnails have the chosen size or are as little smaller as possible. */
export function layOut(width: number, requested: number): { columns: number; side: number } {
  const columns = Math.max(1, Math.ceil((width + GAP) / (requested + AROUND + GAP)));
  const side = Math.floor((width + GAP) / columns) - GAP - AROUND;
  return { columns, side: Math.max(SIDES.least / 2, Math.min(side, requested)) };
}

interface RowProps {
  assets: readonly Asset[];
  row: number;
  columns: number;
  /** From the top of the content, in CSS pixels. */
  start: number;
  height: number;
  pixels: number;
  states: ReadonlyMap<number, StateFilter>;
}

const Row = memo(function Row({ assets, row, columns, start, height, pixels, states }: RowProps) {
  const own = assets.slice(row * columns, (row + 1) * columns);
  return (
    <div
      role="row"
      aria-rowindex={row + 1}
      className={styles.row}
      style={{
        top: start,
        height: height - GAP,
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
      }}
    >
      {own.map((asset, index) => (
        <Tile
          key={asset.id}
          asset={asset}
          column={index + 1}
          pixels={pixels}
          state={states.get(asset.id) ?? null}
        />
      ))}
    </div>
  );
});
