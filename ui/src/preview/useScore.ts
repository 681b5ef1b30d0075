// The score of the variant in sight, measured once it has rested for a moment.
import { useQuery } from '@tanstack/react-query';
import type { PreviewArguments } from '@/api/bindings';
import { call } from '@/api/rpc';
import { useDelayed } from '@/components/Spinner';
import { type PreviewSlot, usePreviews, valuesOf } from './slots';

/** How long a variant is in sight before it is measured, in milliseconds. */
const REST = 700;

/** Which variant a slot shows, as `measure` names it; null: none, or one that is still a draft. */
export function useMeasurable({ shown, of, current }: PreviewSlot) {
  const parameters = usePreviews(({ values }) => valuesOf(values, of?.active ?? null));
  if (!shown || !of || !current || shown.draft) return null;
  const { file, generator, variation, format } = of.active;
  return {
    ...{ asset: of.asset, file, generator, variation, format },
    ...{ parameters, draft: false },
  } satisfies Omit<PreviewArguments, 'slot'>;
}

/** The SSIMULACRA2 score of what a slot shows; null until it is known. */
export function useScore(preview: PreviewSlot, slot = 'active'): number | null {
  const { shown } = preview;
  const measurable = useMeasurable(preview);
  const wanted = measurable !== null && shown?.score === null;
  const rests = useDelayed(wanted, REST);
  const measured = useQuery({
    queryKey: ['measured', shown?.key],
    queryFn: () => {
      if (!measurable) throw new Error('nothing to measure');
      return call('measure', { variant: { ...measurable, slot: `score ${slot}` }, qualities: [] });
    },
    enabled: wanted && rests,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (shown === null || shown.draft) return null;
  return shown.score ?? measured.data?.points[0]?.score ?? null;
}

/** What a score means. */
export const meaningOf = (score: number) =>
  score >= 90 ? 'lossless' : score >= 70 ? 'good' : score >= 50 ? 'visible' : 'strong';
