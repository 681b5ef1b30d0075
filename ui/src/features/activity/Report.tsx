// The report of a run: a virtual list with a row for each variant.
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowLeft, RotateCcw, Save } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRow } from '@/api/bindings';
import { runRowsQuery, runsQuery } from '@/api/queries';
import { call, choose } from '@/api/rpc';
import { Button, IconButton } from '@/components/Button';
import { Switch } from '@/components/Switch';
import { showError, useNotices } from '@/state/notices';
import { bytes, count, duration, t as words } from '@/text';
import { short } from '@/text/paths';
import styles from './Report.module.css';
import { RunSummary } from './RunList';
import { useRows } from './useRows';
import { useRunCommands } from './useRunCommands';

const ROW = 26;

export function Report({ id, onBack }: { id: number; onBack: () => void }) {
  const { t } = useTranslation();
  const run = useQuery(runsQuery).data?.runs.find((one) => one.id === id);
  const commands = useRunCommands(id);
  const [onlyFailed, setOnlyFailed] = useState((run?.failed ?? 0) > 0);
  const names = run?.generators.join(', ') ?? '';
  return (
    <section className={styles.report} aria-label={t('activity.reportOf', { generators: names })}>
      <header className={styles.header}>
        <IconButton label={t('activity.back')} icon={<ArrowLeft />} onClick={onBack} />
        <strong className={styles.names} title={names}>
          {names}
        </strong>
        <span className={styles.facts}>{run && <RunSummary run={run} />}</span>
        <label className={styles.switch} htmlFor={`failed-${id}`}>
          <Switch id={`failed-${id}`} checked={onlyFailed} onChange={setOnlyFailed} />
          {t('activity.onlyFailed')}
        </label>
        {run?.can_retry && (
          <Button look="quiet" onClick={() => commands.retry([])}>
            <RotateCcw aria-hidden />
            {t('activity.retryFailed')}
          </Button>
        )}
        <Button look="quiet" onClick={() => void save(id).catch(showError)}>
          <Save aria-hidden />
          {t('activity.save')}
        </Button>
      </header>
      <Rows
        // Starts at the top when the filter changes.
        key={String(onlyFailed)}
        {...{ id, onlyFailed }}
        destination={run?.destination}
        onRetry={(position) => commands.retry([position])}
      />
    </section>
  );
}

async function save(id: number) {
  const name = `report-${id}.csv`;
  const file = await choose('report', words('activity.saveTitle'), { name });
  if (file === null) return;
  await call('save_report', { id, grant: file.id });
  useNotices.getState().add('information', words('activity.saved', { path: file.path }));
}

const columns = [
  'status',
  'source',
  'generator',
  'file',
  'reason',
  'size',
  'bytes',
  'time',
  'retry',
] as const;

interface RowsProps {
  id: number;
  onlyFailed: boolean;
  /** The folder that paths are relative to. */
  destination: string | undefined;
  onRetry: (position: number) => void;
}

function Rows({ id, onlyFailed, destination, onRetry }: RowsProps) {
  const { t } = useTranslation();
  const first = useQuery(runRowsQuery({ id, failed: onlyFailed, offset: 0, limit: 100 }));
  const total = first.data?.total ?? 0;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const rowAt = useRows({ id, failed: onlyFailed }, items);
  if (first.data && total === 0) {
    return (
      <p className={styles.empty}>{onlyFailed ? t('activity.noneFailed') : t('activity.noRows')}</p>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of a million rows shows only some
    <div
      ref={scroller}
      className={styles.scroller}
      role="table"
      aria-rowcount={total + 1}
      aria-label={t('activity.report')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it
      tabIndex={0}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: nothing to press */}
      <div className={styles.head} role="row">
        {columns.map((column) => (
          // biome-ignore lint/a11y/useSemanticElements: see above
          // biome-ignore lint/a11y/useFocusableInteractive: nothing to press
          <span key={column} role="columnheader">
            <span className={column === 'retry' ? 'visually-hidden' : undefined}>
              {t(`activity.columns.${column}`)}
            </span>
          </span>
        ))}
      </div>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, start }) => (
          <Row
            key={index}
            row={rowAt(index)}
            isFirst={index === 0 || rowAt(index - 1)?.source !== rowAt(index)?.source}
            {...{ index, start, destination, onRetry }}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  row: RunRow | undefined;
  /** Whether it is the first row in succession of its source, whose name the others repeat dimly. */
  isFirst: boolean;
  index: number;
  start: number;
  destination: string | undefined;
  onRetry: (position: number) => void;
}

function Row({ row, isFirst, index, start, destination, onRetry }: RowProps) {
  const { t } = useTranslation();
  const cells = row && [
    t(`activity.status.${row.status}`, row.status),
    row.source,
    [row.generator, row.variation].filter(Boolean).join(' '),
    row.fault ? '' : short(row.path ?? '', [destination]),
    [row.fault?.message ?? [], ...row.notes].flat().join(' · '),
    row.width !== null && row.height !== null ? `${count(row.width)} × ${count(row.height)}` : '',
    row.bytes !== null ? bytes(row.bytes) : '',
    row.ms !== null
      ? row.ms < 1000
        ? `${count(Math.round(row.ms))} ms`
        : duration(row.ms / 1000)
      : '',
  ];
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    // biome-ignore lint/a11y/useFocusableInteractive: its button has the focus
    <div
      role="row"
      aria-rowindex={index + 2}
      className={styles.row}
      data-status={row?.status}
      data-first={isFirst || undefined}
      style={{ transform: `translateY(${start}px)` }}
    >
      {(cells ?? [t('activity.loading')]).map((cell, at) => (
        // biome-ignore lint/a11y/useSemanticElements: see above
        <span key={columns[at]} role="cell" title={cell} data-selectable>
          {cell}
        </span>
      ))}
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <span role="cell">
        {row?.can_retry && (
          <IconButton
            className={styles.retry}
            label={t('activity.retryOne', { source: row.source })}
            icon={<RotateCcw />}
            onClick={() => onRetry(row.position)}
          />
        )}
      </span>
    </div>
  );
}
