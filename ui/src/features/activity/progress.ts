// Numbers of a run. What fails is counted apart: the files that are planned are those of the dialog.
import type { RunInfo } from '@/api/bindings';
import { count, duration, t } from '@/text';

/** The number of a run's files that are there. */
export const written = ({ rendered, cached, skipped }: RunInfo) => rendered + cached + skipped;

/** The number of files that a run will have written at its end; null while they are being counted. */
export const planned = ({ total, failed }: RunInfo) => (total === null ? null : total - failed);

/** Whether everything is written or has failed. */
export const isComplete = (run: RunInfo) => planned(run) === written(run);

/** A run's progress in a few words: `Exporting 182 of 561 · 55 s left`. */
export function progressOf(run: RunInfo): string {
  const [done, all] = [count(written(run)), planned(run)];
  const state = run.state === 'paused' ? 'paused' : 'running';
  const facts = [
    all === null
      ? t('activity.counting')
      : t(`activity.short.${state}`, { done, total: count(all) }),
    run.state === 'running' &&
      run.eta_seconds !== null &&
      t('activity.eta', { time: duration(run.eta_seconds) }),
    run.failed > 0 && t('activity.failed', { number: count(run.failed) }),
  ];
  return facts.filter(Boolean).join(' · ');
}
