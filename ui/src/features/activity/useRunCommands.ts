// Commands on runs.
import { useQueryClient } from '@tanstack/react-query';
import type { RunInfo } from '@/api/bindings';
import { removeRun, updateRun } from '@/api/events';
import { call } from '@/api/rpc';
import { useDialogs } from '@/state/dialogs';
import { takeProfile } from '@/state/exportChoices';
import { showError } from '@/state/notices';

export function useRunCommands(id: number) {
  const client = useQueryClient();
  const put = (changing: Promise<RunInfo>) =>
    void changing.then((run) => updateRun(client, run)).catch(showError);
  return {
    pause: () => put(call('pause_run', { id })),
    resume: () => put(call('resume_run', { id })),
    cancel: () => put(call('cancel_run', { id })),
    /** Indexes of rows; empty: all that failed. */
    retry: (positions: number[]) => put(call('retry_run', { id, positions })),
    /** Opens the export dialog with the choices of the run. */
    again: () =>
      void call('run_choices', { id })
        .then((choices) => {
          takeProfile(choices);
          useDialogs.getState().showExport();
        })
        .catch(showError),
    forget: () =>
      void call('forget_run', { id })
        .then(() => removeRun(client, id))
        .catch(showError),
  };
}
