// What can be done with a run.
import { useQueryClient } from '@tanstack/react-query';
import type { RunInfo, Runs } from '@/api/bindings';
import { putRun } from '@/api/events';
import { runsQuery } from '@/api/queries';
import { call } from '@/api/rpc';
import { tellError } from '@/state/notices';

export function useRunCommands(id: number) {
  const client = useQueryClient();
  const put = (changing: Promise<RunInfo>) =>
    void changing.then((run) => putRun(client, run)).catch(tellError);
  return {
    pause: () => put(call('pause_run', { id })),
    resume: () => put(call('resume_run', { id })),
    cancel: () => put(call('cancel_run', { id })),
    /** Places; none: all that failed. */
    retry: (positions: number[]) => put(call('retry_run', { id, positions })),
    forget: () =>
      void call('forget_run', { id })
        .then(() =>
          client.setQueryData(runsQuery.queryKey, (former: Runs | undefined) =>
            former ? { runs: former.runs.filter((run) => run.id !== id) } : former,
          ),
        )
        .catch(tellError),
  };
}
