// The status line: running and queued work, memory, workers.
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp, Pause, Play, X } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { spoken } from '@/actions/keys';
import type { Activity, ClassActivity, WorkerActivity, WorkerState } from '@/api/bindings';
import { runsQuery, useStartUp } from '@/api/queries';
import { IconButton } from '@/components/Button';
import { Tooltip } from '@/components/Tooltip';
import { stopRendering, useRenderAll } from '@/preview/renderAll';
import { useActivity } from '@/state/activity';
import { useView } from '@/state/view';
import { bytes, count } from '@/text';
import { progressOf } from './progress';
import styles from './StatusLine.module.css';
import { useRunCommands } from './useRunCommands';

const busy = ({ queued, held, running }: ClassActivity) => queued + held + running > 0;

export function StatusLine() {
  const { t } = useTranslation();
  const activity = useActivity((state) => state.activity);
  const shown = useView((view) => view.activity);
  const set = useView((view) => view.set);
  const { on_demand, eager, crashed, timed_out } = activity;
  const idle = !busy(on_demand) && !busy(eager);
  return (
    <div className={styles.line}>
      <IconButton
        label={shown ? t('activity.hide') : t('activity.show')}
        keys={spoken('Mod+J')}
        aria-expanded={shown}
        icon={shown ? <ChevronDown /> : <ChevronUp />}
        className={styles.fold}
        onClick={() => set({ activity: !shown })}
      />
      {!shown && <Exporting />}
      <RenderingAll />
      {idle && <span className={styles.soft}>{t('activity.idle')}</span>}
      {busy(on_demand) && <Class name="onDemand" work={on_demand} />}
      {busy(eager) && <Class name="eager" work={eager} />}
      <span className={styles.space} />
      {crashed > 0 && (
        <span className={styles.warn}>{t('activity.crashed', { count: crashed })}</span>
      )}
      {timed_out > 0 && (
        <span className={styles.warn}>{t('activity.timedOut', { count: timed_out })}</span>
      )}
      <Memory activity={activity} />
      <Workers workers={activity.workers} />
    </div>
  );
}

/** The images whose missing variants are being rendered, with a way to stop it. */
function RenderingAll() {
  const { t } = useTranslation();
  const { total, done } = useRenderAll();
  const workspace = useStartUp()?.workspace?.path;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was asked for is of one workspace
  useEffect(() => stopRendering, [workspace]);
  if (total === 0) return null;
  return (
    <span className={styles.exporting}>
      {t('activity.renderingAll', { done: count(done), total: count(total) })}
      <IconButton
        label={t('activity.stopRendering')}
        icon={<X />}
        className={styles.fold}
        onClick={stopRendering}
      />
    </span>
  );
}

/** The newest export that is not over, while the list of exports is closed. */
function Exporting() {
  const { t } = useTranslation();
  const { data } = useQuery(runsQuery);
  const run = data?.runs.find(({ state }) => state === 'running' || state === 'paused');
  const commands = useRunCommands(run?.id ?? 0);
  if (!run) return null;
  const isRunning = run.state === 'running';
  return (
    <span className={styles.exporting}>
      {progressOf(run)}
      <IconButton
        label={t(isRunning ? 'activity.pause' : 'activity.resume')}
        icon={isRunning ? <Pause /> : <Play />}
        className={styles.fold}
        onClick={isRunning ? commands.pause : commands.resume}
      />
    </span>
  );
}

function Class({ name, work }: { name: 'onDemand' | 'eager'; work: ClassActivity }) {
  const { t } = useTranslation();
  return (
    <span className={styles.class}>
      {t(`activity.${name}`, { running: count(work.running), queued: count(work.queued) })}
      {work.held > 0 && `, ${t('activity.held', { held: count(work.held) })}`}
    </span>
  );
}

function Memory({ activity }: { activity: Activity }) {
  const { t } = useTranslation();
  const { memory_used, memory_limit, memory_waiting } = activity;
  if (memory_limit === 0) return null;
  const text = t('activity.memory', { used: bytes(memory_used), limit: bytes(memory_limit) });
  return (
    <Tooltip text={memory_waiting ? t('activity.memoryWaiting') : text}>
      <span className={[styles.memory, memory_waiting ? styles.warn : ''].join(' ')}>
        <meter
          className="visually-hidden"
          min={0}
          max={memory_limit}
          value={memory_used}
          aria-label={text}
        />
        <span aria-hidden className={styles.gauge}>
          <span style={{ width: `${Math.min(100, (memory_used / memory_limit) * 100)}%` }} />
        </span>
        {memory_waiting ? t('activity.memoryWaiting') : text}
      </span>
    </Tooltip>
  );
}

/** Counts workers by state: `2 idle, 1 starting`. */
export function inWords(workers: readonly WorkerActivity[], word: (state: WorkerState) => string) {
  const numbers = new Map<WorkerState, number>();
  for (const { state } of workers) numbers.set(state, (numbers.get(state) ?? 0) + 1);
  return [...numbers].map(([state, number]) => `${number} ${word(state)}`).join(', ');
}

function Workers({ workers }: { workers: readonly WorkerActivity[] }) {
  const { t } = useTranslation();
  if (workers.length === 0) return null;
  const word = (state: WorkerState) => t(`activity.worker.${state}`);
  return (
    <span
      className={styles.workers}
      role="img"
      aria-label={t('activity.workers', { count: workers.length, states: inWords(workers, word) })}
    >
      {workers.map((worker, index) => {
        const facts = [
          t('activity.place', { number: index + 1, state: word(worker.state) }),
          worker.kept && t('activity.kept'),
          worker.process !== null &&
            t('activity.process', {
              process: worker.process,
              jobs: count(worker.jobs),
              bytes: bytes(worker.resident_bytes),
            }),
        ];
        return (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a worker is known by its place
            key={index}
            className={styles.worker}
            data-state={worker.state}
            data-kept={worker.kept || undefined}
            title={facts.filter(Boolean).join('\n')}
          />
        );
      })}
    </span>
  );
}
