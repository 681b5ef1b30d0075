// What the export would do, asked for once the choices rest for a moment.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ExportArguments, ExportPlan } from '@/api/bindings';
import { exportPlanQuery } from '@/api/queries';
import { messageOf } from '@/api/rpc';

/** The choices rest for so many milliseconds before the program is asked. */
export const PAUSE = 250;

export interface Planned {
  /** The last answer, also while a newer one is on its way. */
  plan: ExportPlan | null;
  /** Whether `plan` is about what is chosen now. */
  current: boolean;
  error: string | null;
}

export function usePlan(wanted: ExportArguments | null): Planned {
  const text = wanted && JSON.stringify(wanted);
  const [asked, setAsked] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, error, isPlaceholderData, isFetching } = useQuery(
    exportPlanQuery(asked === null ? null : (JSON.parse(asked) as ExportArguments)),
  );
  if (text === null) return { plan: null, current: false, error: null };
  const settled = asked === text && !isFetching && !isPlaceholderData;
  return {
    plan: data ?? null,
    current: settled && data !== undefined && error === null,
    error: settled && error ? messageOf(error) : null,
  };
}
