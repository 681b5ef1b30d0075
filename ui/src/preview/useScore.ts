// The score of the variant in sight, measured once it has rested for a moment.
import { useQuery } from '@tanstack/react-query';
import type { Measured, PreviewArguments } from '@/api/bindings';
import { call } from '@/api/rpc';
import { useDelayed } from '@/components/Spinner';
import { requestQueue } from './requestQueue';
import { type PreviewSlot, usePreviews, valuesOf } from './slots';

/** How long a variant is in sight before it is measured, in milliseconds. */
const REST = 700;

type Measurable = Omit<PreviewArguments, 'slot'>;

/** Which variant a slot shows, as `measure` names it; null: none, or one that is still a draft. */
export function useMeasurable({ shown, of, current }: PreviewSlot): Measurable | null {
  const parameters = usePreviews(({ values }) => valuesOf(values, of?.active ?? null));
  if (!shown || !of || !current || shown.draft) return null;
  const { file, generator, variation, format } = of.active;
  return {
    ...{ asset: of.asset, file, generator, variation, format },
    ...{ parameters, draft: false },
    ...(of.edits ? { edits: [...of.edits] } : {}),
  };
}

const slotName = (slot: number) => `score-${slot}`;

/** One is measured at a time: previews have the other workers. */
const enqueue = requestQueue<Measurable, Measured>(
  1,
  (variant, slot) =>
    call('measure', { variant: { ...variant, slot: slotName(slot) }, qualities: [] }),
  (slot) => {
    // It would end by itself.
    void call('end_request', { slot: slotName(slot) }).catch(() => {});
  },
);

function measure(variant: Measurable, signal: AbortSignal): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const cancel = enqueue(variant, resolve, reject);
    signal.addEventListener('abort', () => {
      cancel();
      reject(signal.reason);
    });
  });
}

/** The SSIMULACRA2 score of what a slot shows; null until it is known. Out of sight it is not measured. */
export function useScore(preview: PreviewSlot, isInSight = true): number | null {
  const { shown } = preview;
  const measurable = useMeasurable(preview);
  const wanted = measurable !== null && shown?.score === null;
  const rests = useDelayed(wanted, REST);
  const measured = useQuery({
    // A query that nothing observes any more is cancelled.
    queryKey: ['measured', isInSight ? shown?.key : null],
    queryFn: ({ signal }) => {
      if (!measurable) throw new Error('nothing to measure');
      return measure(measurable, signal);
    },
    enabled: wanted && rests && isInSight,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (shown === null || shown.draft) return null;
  return shown.score ?? measured.data?.points[0]?.score ?? null;
}

/** What a score means. */
export const meaningOf = (score: number) =>
  score >= 90 ? 'lossless' : score >= 70 ? 'good' : score >= 50 ? 'visible' : 'strong';
