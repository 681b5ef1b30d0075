// Shows a notice when an export ends, in any view.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { RunInfo, RunState } from '@/api/bindings';
import { runsQuery } from '@/api/queries';
import { call, reveal } from '@/api/rpc';
import { useReport } from '@/state/activity';
import { announce } from '@/state/announce';
import { showError, useNotices } from '@/state/notices';
import { useView } from '@/state/view';
import { count, t } from '@/text';
import { written } from './progress';

/** The notice about a run that has ended or was stopped with a reason; null: none is due. */
export function ended(run: RunInfo, former: RunState | undefined) {
  if (former === undefined || former === run.state) return null;
  if (run.state === 'done') {
    const done = written(run);
    const place = { count: done, number: count(done), destination: run.destination };
    return run.failed > 0
      ? {
          level: 'warning' as const,
          message: t('activity.endedWithFaults', { ...place, failed: count(run.failed) }),
        }
      : { level: 'information' as const, message: t('activity.ended', place) };
  }
  if (run.state === 'paused' && run.reason) {
    return { level: 'warning' as const, message: t('activity.stopped', { reason: run.reason }) };
  }
  return null;
}

/** What can be done with the files and the report of a run. */
const offersOf = ({ id }: RunInfo) => [
  {
    label: t('activity.reveal'),
    perform: () => void call('run_folder', { id }).then(reveal).catch(showError),
  },
  {
    label: t('activity.showReport'),
    perform: () => {
      useReport.setState({ run: id });
      useView.getState().set({ activity: true });
    },
  },
];

export function useRunNotices() {
  const { data } = useQuery(runsQuery);
  const former = useRef(new Map<number, RunState>());
  useEffect(() => {
    // A run continued from an earlier window.
    const isFirst = data !== undefined && former.current.size === 0;
    if (isFirst && data.runs.some(({ state }) => state === 'running' || state === 'paused')) {
      useView.getState().set({ activity: true });
    }
    for (const run of data?.runs ?? []) {
      const notice = ended(run, former.current.get(run.id));
      // The list of runs already shows it.
      if (notice && useView.getState().activity) announce(notice.message);
      else if (notice) useNotices.getState().add(notice.level, notice.message, offersOf(run));
      former.current.set(run.id, run.state);
    }
  }, [data]);
}
