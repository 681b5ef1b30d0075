// The list of exports, newest first.
import { useQuery } from '@tanstack/react-query';
import { FolderOpen, ListChecks, Pause, Play, Repeat, RotateCcw, Trash2, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '@/actions/ActionButton';
import type { RunInfo } from '@/api/bindings';
import { runsQuery } from '@/api/queries';
import { call, reveal } from '@/api/rpc';
import { useExportObstacle } from '@/assets/exporting';
import { Button, IconButton } from '@/components/Button';
import { ContextMenu, type MenuEntry } from '@/components/Menu';
import { showError } from '@/state/notices';
import { bytes, count, duration } from '@/text';
import { isComplete, planned, written } from './progress';
import styles from './RunList.module.css';
import { useRunCommands } from './useRunCommands';

export function RunList({ onReport }: { onReport: (id: number) => void }) {
  const { t } = useTranslation();
  const runs = useQuery(runsQuery).data?.runs ?? [];
  const obstacle = useExportObstacle();
  if (runs.length === 0)
    return (
      <div className={styles.empty}>
        <p>{t('activity.noRuns')}</p>
        {obstacle === null && <ActionButton id="file.export" />}
      </div>
    );
  return (
    <ul className={styles.list} aria-label={t('activity.runs')}>
      {runs.map((run) => (
        <Run key={run.id} run={run} onReport={() => onReport(run.id)} />
      ))}
    </ul>
  );
}

function Run({ run, onReport }: { run: RunInfo; onReport: () => void }) {
  const { t } = useTranslation();
  const commands = useRunCommands(run.id);
  const { state, reason, destination, generators } = run;
  const live = state === 'running' || state === 'paused';
  const names = generators.join(', ');
  const canResume = state === 'paused' || (state === 'cancelled' && !isComplete(run));
  const showFolder = () => void call('run_folder', { id: run.id }).then(reveal).catch(showError);
  const offered: (MenuEntry | false)[] = [
    { label: t('activity.report'), icon: <ListChecks />, perform: onReport },
    { label: t('activity.reveal'), icon: <FolderOpen />, perform: showFolder },
    'separator',
    state === 'running' && {
      label: t('activity.pause'),
      icon: <Pause />,
      perform: commands.pause,
    },
    canResume && { label: t('activity.resume'), icon: <Play />, perform: commands.resume },
    live && { label: t('activity.cancel'), icon: <X />, perform: commands.cancel },
    run.can_retry && {
      label: t('activity.retryFailed'),
      icon: <RotateCcw />,
      perform: () => commands.retry([]),
    },
    !live && { label: t('activity.again'), icon: <Repeat />, perform: commands.again },
    !live && { label: t('activity.forget'), icon: <Trash2 />, perform: commands.forget },
  ];
  return (
    <ContextMenu entries={offered.filter((entry) => entry !== false)}>
      <li className={styles.run} data-state={state}>
        <div className={styles.main}>
          <div className={styles.head}>
            <strong className={styles.names} title={names}>
              {names}
            </strong>
            <span className={styles.destination} title={destination}>
              {t('activity.to', { destination })}
            </span>
          </div>
          <Bar run={run} label={t('activity.bar', { generators: names })} />
          <p className={styles.facts}>
            <RunSummary run={run} />
          </p>
          {reason && (
            <p className={styles.reason} data-selectable>
              {reason}
            </p>
          )}
        </div>
        <div className={styles.buttons}>
          {state === 'running' && (
            <IconButton label={t('activity.pause')} icon={<Pause />} onClick={commands.pause} />
          )}
          {canResume && (
            <IconButton label={t('activity.resume')} icon={<Play />} onClick={commands.resume} />
          )}
          {live && (
            <IconButton label={t('activity.cancel')} icon={<X />} onClick={commands.cancel} />
          )}
          {run.can_retry && (
            <IconButton
              label={t('activity.retryFailed')}
              icon={<RotateCcw />}
              onClick={() => commands.retry([])}
            />
          )}
          <IconButton label={t('activity.reveal')} icon={<FolderOpen />} onClick={showFolder} />
          {!live && (
            <IconButton label={t('activity.again')} icon={<Repeat />} onClick={commands.again} />
          )}
          {!live && (
            <IconButton label={t('activity.forget')} icon={<Trash2 />} onClick={commands.forget} />
          )}
          <Button look="quiet" onClick={onReport}>
            <ListChecks aria-hidden />
            {t('activity.report')}
          </Button>
        </div>
      </li>
    </ContextMenu>
  );
}

function Bar({ run, label }: { run: RunInfo; label: string }) {
  const [done, total] = [written(run), planned(run)];
  const share = total === null ? 0 : total === 0 ? 100 : (done / total) * 100;
  return (
    <div
      className={styles.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total ?? undefined}
      aria-valuenow={total === null ? undefined : done}
    >
      <span
        style={{ width: `${Math.min(100, share)}%` }}
        data-failed={run.failed > 0 || undefined}
      />
    </div>
  );
}

/** A run's progress or result, in a line. */
export function RunSummary({ run }: { run: RunInfo }) {
  const { t } = useTranslation();
  const { state, failed, rate, eta_seconds, seconds } = run;
  const [done, total] = [count(written(run)), planned(run)];
  const facts = [
    t(`activity.state.${state}`),
    total === null ? t('activity.counting') : t('activity.progress', { done, total: count(total) }),
    bytes(run.bytes),
    state === 'running' &&
      rate > 0 &&
      t('activity.rate', { rate: rate.toFixed(rate < 10 ? 1 : 0) }),
    state === 'running' &&
      eta_seconds !== null &&
      t('activity.eta', { time: duration(eta_seconds) }),
    state !== 'running' && t('activity.took', { time: duration(seconds) }),
  ];
  return (
    <>
      {facts.filter(Boolean).join(' · ')}
      {failed > 0 && (
        <span className={styles.failed}> · {t('activity.failed', { number: count(failed) })}</span>
      )}
    </>
  );
}
