// A row of the matrix: an asset, and a cell for each visible generator.
// biome-ignore-all lint/a11y/useSemanticElements: only a part of the rows is there
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell
import type { TFunction } from 'i18next';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset, MatrixCell } from '@/api/bindings';
import { nameOf } from '@/assets/filter';
import { StateIcon } from '@/assets/StateIcon';
import { Thumbnail, useFailure } from '@/assets/Thumbnail';
import { pixelsFor } from '@/assets/thumbnails';
import { TruncatedName } from '@/components/TruncatedName';
import { generatorKey } from '@/state/view';
import type { Column } from './columns';
import styles from './Matrix.module.css';
import type { Cells } from './useRows';

/** The side of the asset's thumbnail. */
const SIDE = 38;

export const cellId = (row: number, column: number) => `cell-${row}-${column}`;

/** Describes a cell. */
export function wordsOf(t: TFunction, { state, ready, total, fault }: MatrixCell): string {
  // Ready and not rendered are what the numbers say.
  const isCounted = state === 'ready' || state === 'missing';
  const words = isCounted
    ? t('matrix.cell', { ready, total })
    : t('matrix.cellIn', { state: t(`variant.states.${state}`), ready, total });
  return fault ? `${words}. ${fault.message}` : words;
}

interface MatrixRowProps {
  asset: Asset;
  row: number;
  start: number;
  columns: readonly Column[];
  items: readonly { index: number; start: number }[];
  /** Null: not loaded yet. */
  cells: Cells | null;
  /** The column of the current cell. */
  current: number;
  /** Whether the current cell is in this row. */
  isCurrent: boolean;
}

export const MatrixRowView = memo(function MatrixRowView({
  asset,
  row,
  start,
  columns,
  items,
  cells,
  current,
  isCurrent,
}: MatrixRowProps) {
  const { t } = useTranslation();
  const { failure, onFail } = useFailure(asset.version);
  const { state } = asset;
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      className={styles.row}
      data-current={isCurrent || undefined}
      style={{ top: start }}
    >
      <div
        id={cellId(row, -1)}
        role="rowheader"
        aria-colindex={1}
        className={styles.asset}
        data-cell={`${row}:-1`}
        data-focused={(isCurrent && current === -1) || undefined}
        title={state.kind === 'unreadable' ? `${asset.path}\n${state.message}` : asset.path}
      >
        <span className={styles.thumbnail}>
          {state.kind !== 'unreadable' && !failure ? (
            <Thumbnail
              id={asset.id}
              version={asset.version}
              pixels={pixelsFor(SIDE)}
              alpha={state.kind === 'ready' && state.alpha}
              ratio={state.kind === 'ready' ? state.width / Math.max(1, state.height) : null}
              onFail={onFail}
            />
          ) : (
            <StateIcon state="failed" />
          )}
        </span>
        <TruncatedName name={nameOf(asset.path)} />
      </div>
      {items.map(({ index, start: left }) => {
        const column = columns[index];
        if (!column) return null;
        // What is unreadable has no variants: the row's head says why.
        const isReadable = state.kind !== 'unreadable';
        const cell = isReadable ? cells?.get(generatorKey(column)) : undefined;
        const words = cell
          ? wordsOf(t, cell)
          : cells
            ? t(isReadable ? 'matrix.unmatched' : 'matrix.unreadable')
            : '';
        return (
          <div
            key={generatorKey(column)}
            id={cellId(row, index)}
            role="gridcell"
            aria-colindex={index + 2}
            className={styles.cell}
            data-cell={`${row}:${index}`}
            data-state={cell?.state}
            data-current={index === current || undefined}
            data-focused={(isCurrent && current === index) || undefined}
            title={words}
            style={{ left }}
          >
            <span className="visually-hidden">{words}</span>
            {cell ? (
              <>
                <span className={styles.picture}>
                  {cell.url && (
                    <img
                      src={cell.url}
                      alt=""
                      decoding="async"
                      loading="lazy"
                      draggable={false}
                      className={styles.image}
                    />
                  )}
                </span>
                <span className={styles.state} aria-hidden>
                  <StateIcon state={cell.state} />
                  {cell.ready}/{cell.total}
                </span>
              </>
            ) : (
              cells && <span className={styles.unmatched} aria-hidden />
            )}
          </div>
        );
      })}
    </div>
  );
});
