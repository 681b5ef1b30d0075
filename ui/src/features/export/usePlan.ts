// Loads the plan of the export once the choices have not changed for a moment.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ExportArguments, ExportPlan } from '@/api/bindings';
import { exportPlanQuery } from '@/api/queries';
import { messageOf } from '@/api/rpc';

/** The delay after the last change, in milliseconds. */
export const PAUSE = 250;

export interface Planned {
  /** The last plan, also while a newer one is loading. */
  plan: ExportPlan | null;
  /** Whether `plan` belongs to the current choices. */
  current: boolean;
  error: string | null;
}

export function usePlan(request: ExportArguments | null): Planned {
  const text = request && JSON.stringify(request);
  const [requested, setRequested] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setRequested(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, error, isPlaceholderData, isFetching } = useQuery(
    exportPlanQuery(requested === null ? null : (JSON.parse(requested) as ExportArguments)),
  );
  if (text === null) return { plan: null, current: false, error: null };
  const settled = requested === text && !isFetching && !isPlaceholderData;
  return {
    plan: data ?? null,
    current: settled && data !== undefined && error === null,
    error: settled && error ? messageOf(error) : null,
  };
}
