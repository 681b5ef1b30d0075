// The matrix of assets and generators, with the state of each variant: a virtual table.
// biome-ignore-all lint/a11y/useSemanticElements: only a part of the rows is there
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '@/actions/ActionButton';
import type { Asset } from '@/api/bindings';
import { useIsScanning, usePresets } from '@/api/queries';
import { openIn } from '@/assets/commands';
import { useFilteredAssets } from '@/assets/filtered';
import { NoneShown } from '@/assets/NoneShown';
import { useVisible } from '@/assets/visible';
import empty from '@/components/empty.module.css';
import { ContextMenu } from '@/components/Menu';
import { useInitialFocus } from '@/components/useInitialFocus';
import { useSelection } from '@/state/selection';
import { type ActiveGenerator, generatorKey, useView } from '@/state/view';
import { type Cell, type Column, cellAfter, columnsOf, type Group } from './columns';
import styles from './Matrix.module.css';
import { COLUMN, Head, Line } from './MatrixHead';
import { cellId, MatrixRowView } from './MatrixRow';
import { useMatrixMenu } from './useMatrixMenu';
import { useRows } from './useRows';

/** In CSS pixels: see Matrix.module.css. */
const ROW = 46;
const HEAD = 62;
const NAMES = 216;
const NARROW_NAMES = 132;
const OVERSCAN = 4;

export function Matrix() {
  const { t } = useTranslation();
  const shown = useFilteredAssets();
  const presets = usePresets();
  const isScanning = useIsScanning();
  const { columns, groups } = useMemo(() => columnsOf(presets), [presets]);
  if (columns.length === 0) {
    return isScanning ? null : (
      <div className={`${empty.empty} ${styles.empty}`}>
        <p>{t('matrix.noGenerators')}</p>
        {presets.length === 0 && <ActionButton id="generators.newFile" look="primary" />}
      </div>
    );
  }
  if (shown.ids.length === 0) {
    return (
      <div className={`${empty.empty} ${styles.empty}`}>
        <NoneShown />
      </div>
    );
  }
  return <Table assets={shown.assets} ids={shown.ids} {...{ columns, groups }} />;
}

interface TableProps {
  assets: readonly Asset[];
  ids: readonly number[];
  columns: readonly Column[];
  groups: readonly Group[];
}

function Table({ assets, ids, columns, groups }: TableProps) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [cell, setCell] = useState<Cell>(() => firstCell(ids, columns));
  const [hovered, setHovered] = useState<Cell | null>(null);
  const [narrow, setNarrow] = useState(false);
  const names = narrow ? NARROW_NAMES : NAMES;
  const rows = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    paddingStart: HEAD,
    scrollPaddingStart: HEAD,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => COLUMN,
    overscan: 2,
    paddingStart: names,
    scrollPaddingStart: names,
  });
  const first = rows.range?.startIndex ?? 0;
  const end = (rows.range?.endIndex ?? -1) + 1;
  const seen = useMemo(() => ids.slice(first, end), [ids, first, end]);
  const near = useMemo(
    () => [...ids.slice(end, end + OVERSCAN), ...ids.slice(Math.max(0, first - OVERSCAN), first)],
    [ids, first, end],
  );
  const loaded = useMemo(() => [...seen, ...near], [seen, near]);
  useVisible(seen, near);
  const cellsByAsset = useRows(loaded);
  useInitialFocus(scroller);

  useEffect(() => {
    const target = scroller.current;
    if (!target) return;
    const observer = new ResizeObserver((entries) => {
      setNarrow((entries.at(-1)?.contentRect.width ?? 1000) < 620);
    });
    observer.observe(target);
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the widths follow from the names'
  useEffect(() => across.measure(), [names]);

  const at: Cell = {
    row: Math.min(cell.row, ids.length - 1),
    column: Math.min(cell.column, columns.length - 1),
  };
  const moveTo = (next: Cell) => {
    setCell(next);
    rows.scrollToIndex(next.row);
    if (next.column >= 0) across.scrollToIndex(next.column);
    const id = ids[next.row];
    if (id !== undefined) useSelection.getState().set([id], id, id);
    activate(columns[next.column]);
  };
  const open = (where: Cell) => {
    const id = ids[where.row];
    const column = columns[where.column];
    if (id === undefined) return;
    if (!column) {
      openIn('sheet', id);
      return;
    }
    activate(column);
    openIn('compare', id);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: where it was when the view came
  useEffect(() => {
    rows.scrollToIndex(at.row, { align: 'center' });
    across.scrollToIndex(at.column, { align: 'center' });
  }, []);
  // The focus also moves by actions such as next asset and undo.
  useEffect(
    () =>
      useSelection.subscribe(({ focus }, former) => {
        if (focus === former.focus || focus === null) return;
        const row = ids.indexOf(focus);
        if (row < 0) return;
        setCell((now) => (now.row === row ? now : { ...now, row }));
        rows.scrollToIndex(row);
      }),
    [ids, rows],
  );
  useEffect(
    () =>
      useView.subscribe(({ active }, former) => {
        if (active === former.active || !active) return;
        const column = indexOf(columns, active);
        if (column < 0) return;
        setCell((now) => (now.column === column ? now : { ...now, column }));
        across.scrollToIndex(column);
      }),
    [columns, across],
  );
  const menu = useMatrixMenu({ assets, columns, cellsByAsset, onTarget: moveTo });

  const keyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey || event.shiftKey) return;
    if ((event.key === 'Enter' || event.key === ' ') && !event.ctrlKey) {
      event.preventDefault();
      open(event.key === ' ' ? { ...at, column: -1 } : at);
      return;
    }
    const page = end - first;
    const next = cellAfter(event, at, { rows: ids.length, columns: columns.length, page });
    if (!next) return;
    event.preventDefault();
    moveTo(next);
  };
  const columnItems = across.getVirtualItems();
  const rowItems = rows.getVirtualItems();
  const width = across.getTotalSize();
  // Cells outside the screen are not in the page.
  const isThere =
    rowItems.some(({ index }) => index === at.row) &&
    (at.column < 0 || columnItems.some(({ index }) => index === at.column));
  return (
    <div className={styles.whole}>
      <ContextMenu entries={menu.entries}>
        <div
          ref={scroller}
          role="grid"
          tabIndex={0}
          className={styles.scroller}
          aria-label={t('matrix.label')}
          aria-rowcount={ids.length + 1}
          aria-colcount={columns.length + 1}
          aria-activedescendant={isThere ? cellId(at.row, at.column) : undefined}
          onKeyDown={keyDown}
          onClick={(event) => {
            const clicked = cellOf(event);
            if (clicked) moveTo(clicked);
          }}
          onDoubleClick={(event) => {
            const clicked = cellOf(event);
            if (clicked) open(clicked);
          }}
          onContextMenuCapture={(event) => menu.prepare(cellOf(event) ?? at)}
          onPointerOver={(event) => setHovered(cellOf(event))}
          onPointerLeave={() => setHovered(null)}
          style={{ '--names': `${names}px` } as React.CSSProperties}
        >
          <div
            role="presentation"
            className={styles.content}
            style={{ height: rows.getTotalSize(), width }}
          >
            <Head {...{ columns, groups, width, names }} items={columnItems} current={at.column} />
            {rowItems.map(({ index, start }) => {
              const asset = assets[index];
              return (
                asset && (
                  <MatrixRowView
                    key={asset.id}
                    asset={asset}
                    row={index}
                    start={start}
                    columns={columns}
                    items={columnItems}
                    cells={cellsByAsset.get(asset.id) ?? null}
                    current={at.column}
                    isCurrent={index === at.row}
                  />
                )
              );
            })}
          </div>
        </div>
      </ContextMenu>
      <Line
        asset={assets[(hovered ?? at).row]}
        column={columns[(hovered ?? at).column]}
        cells={cellsByAsset.get(ids[(hovered ?? at).row] ?? -1) ?? null}
      />
    </div>
  );
}

/** The cell of the focused asset and the active generator. */
function firstCell(ids: readonly number[], columns: readonly Column[]): Cell {
  const { focus } = useSelection.getState();
  const { active } = useView.getState();
  return {
    row: Math.max(0, focus === null ? 0 : ids.indexOf(focus)),
    column: Math.max(0, active ? indexOf(columns, active) : 0),
  };
}

const indexOf = (columns: readonly Column[], active: ActiveGenerator) =>
  columns.findIndex((one) => generatorKey(one) === generatorKey(active));

/** Makes a column's generator the active one. */
function activate(column: Column | undefined) {
  const { active, set } = useView.getState();
  if (!column || (active && generatorKey(active) === generatorKey(column))) return;
  const { file, generator } = column;
  set({ active: { file, generator, variation: null, format: null } });
}

/** The cell under the pointer. */
function cellOf(event: MouseEvent): Cell | null {
  const found = (event.target as Element).closest<HTMLElement>('[data-cell]')?.dataset.cell;
  const [row, column] = (found ?? '').split(':').map(Number);
  return row === undefined || column === undefined ? null : { row, column };
}
