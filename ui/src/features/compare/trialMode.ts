// Which comparison is on: a mode, or temporary variations of the generator in the mode 'many'.
import { type CompareMode, useView } from '@/state/view';
import type { TrialKind } from './trials';
import { useCompare } from './useCompare';

/** Compares in a mode. */
export function compareIn(mode: CompareMode) {
  useView.getState().set({ current: 'compare', compare: mode });
  useCompare.getState().set({ tool: 'look', trials: null });
}

/** The temporary variations that are in sight; null: none. */
export function shownTrials(): TrialKind | null {
  const { current, compare } = useView.getState();
  return current === 'compare' && compare === 'many' ? useCompare.getState().trials : null;
}

/** The mode before the variations were shown. */
let former: CompareMode = 'split';

/** Shows temporary variations, or, if they are in sight, the mode that was there before. */
export function toggleTrials(kind: TrialKind) {
  const shown = shownTrials();
  if (shown === kind) return compareIn(former);
  if (shown === null) former = useView.getState().compare;
  compareIn('many');
  useCompare.getState().set({ trials: kind });
}
