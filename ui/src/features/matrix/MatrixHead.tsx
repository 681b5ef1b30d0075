// The header of the matrix, and the line of text below the table.
// biome-ignore-all lint/a11y/useSemanticElements: only the columns in sight are there
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { TruncatedName } from '@/components/TruncatedName';
import { generatorKey } from '@/state/view';
import type { Column, Group } from './columns';
import styles from './Matrix.module.css';
import { wordsOf } from './MatrixRow';
import type { Cells } from './useRows';

/** A column's width, in CSS pixels: see Matrix.module.css. */
export const COLUMN = 100;

interface HeadProps {
  columns: readonly Column[];
  groups: readonly Group[];
  items: readonly { index: number; start: number }[];
  width: number;
  names: number;
  /** The index of the column that has the current cell. */
  current: number;
}

export function Head({ columns, groups, items, width, names, current }: HeadProps) {
  const { t } = useTranslation();
  const from = items[0]?.index ?? 0;
  const to = items.at(-1)?.index ?? -1;
  return (
    <div role="row" aria-rowindex={1} className={styles.head} style={{ width }}>
      <div role="columnheader" aria-colindex={1} className={styles.corner}>
        {t('matrix.asset')}
      </div>
      {groups
        .filter((group) => group.from <= to && group.from + group.count > from)
        .map((group) => (
          <div
            key={group.file}
            role="presentation"
            className={styles.group}
            title={group.file}
            style={{ left: names + group.from * COLUMN, width: group.count * COLUMN }}
          >
            <span className={styles.file}>{group.file}</span>
          </div>
        ))}
      {items.map(({ index, start }) => {
        const column = columns[index];
        return (
          column && (
            <div
              key={generatorKey(column)}
              role="columnheader"
              aria-colindex={index + 2}
              className={styles.column}
              data-broken={column.broken || undefined}
              data-current={index === current || undefined}
              title={[column.generator, column.description].filter(Boolean).join('\n')}
              style={{ left: start }}
            >
              <span className={styles.generator}>{breakable(column.generator)}</span>
              <span className="visually-hidden">{t('matrix.of', { file: column.file })}</span>
            </div>
          )
        );
      })}
    </div>
  );
}

interface LineProps {
  asset: Asset | undefined;
  column: Column | undefined;
  cells: Cells | null;
}

/** Describes the hovered or focused cell. */
export function Line({ asset, column, cells }: LineProps) {
  const { t } = useTranslation();
  const isReadable = asset?.state.kind !== 'unreadable';
  const cell = isReadable && column ? cells?.get(generatorKey(column)) : undefined;
  return (
    <div className={styles.line} data-selectable>
      {asset && <TruncatedName name={asset.path} className={styles.path} />}
      {column && <span className={styles.of}>{column.generator}</span>}
      {column && cells && (
        <span className={cell?.fault ? styles.fault : styles.words}>
          {asset?.state.kind === 'unreadable'
            ? asset.state.message
            : cell
              ? wordsOf(t, cell)
              : t('matrix.unmatched')}
        </span>
      )}
    </div>
  );
}

/** Allows line breaks between the words of a name. */
const breakable = (name: string) => name.replace(/[_\-./]/g, '$&\u200b');
