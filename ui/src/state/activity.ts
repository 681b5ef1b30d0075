// What the engine does now, as it last said, and which run's report is open.
import { create } from 'zustand';
import type { Activity } from '@/api/bindings';

const quiet = { queued: 0, held: 0, running: 0 };

export const useActivity = create<{ activity: Activity; set: (activity: Activity) => void }>(
  (set) => ({
    activity: {
      on_demand: quiet,
      eager: quiet,
      memory_used: 0,
      memory_limit: 0,
      memory_waiting: false,
      workers: [],
      jobs: 0,
      crashed: 0,
      timed_out: 0,
      retried: 0,
    },
    set: (activity) => set({ activity }),
  }),
);

/** The run whose report takes the place of the list of runs; null: none. */
export const useReport = create<{ run: number | null }>(() => ({ run: null }));
