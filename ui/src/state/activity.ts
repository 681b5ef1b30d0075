// The engine's latest activity, and which run's report is open.
import { create } from 'zustand';
import type { Activity } from '@/api/bindings';

const idle = { queued: 0, held: 0, running: 0 };

export const useActivity = create<{ activity: Activity; set: (activity: Activity) => void }>(
  (set) => ({
    activity: {
      on_demand: idle,
      eager: idle,
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

/** The run whose report is shown instead of the list of runs; null: none. */
export const useReport = create<{ run: number | null }>(() => ({ run: null }));
