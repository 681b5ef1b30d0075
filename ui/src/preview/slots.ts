// What each slot (a place on the screen that shows a variant) shows, and the parameter values that
// the user tries.
import { create } from 'zustand';
import type { Edit, Preview } from '@/api/bindings';
import { type ActiveGenerator, generatorKey } from '@/state/view';

/** What a slot shows. */
export interface PreviewSlot {
  /** The last preview whose picture is loaded; stays until the next one is. */
  shown: Preview | null;
  /** Which asset and generator `shown` is of, and the edits that were tried. */
  of: { asset: number; active: ActiveGenerator; edits?: readonly Edit[] } | null;
  /** Whether the window can draw `shown`; its figures are right in any case. */
  drawable: boolean;
  /** Whether `shown` is up to date: false while a newer one is being rendered. */
  current: boolean;
  /** Whether a request is running or due, also for the final variant behind a draft. */
  busy: boolean;
  /** Why the requested preview cannot be shown. */
  error: string | null;
  /** Whether `error` says that the generator does not apply to the asset: nothing is wrong then. */
  unmatched: boolean;
  /** Whether trying again may succeed. */
  canRetry: boolean;
}

export const emptySlot: PreviewSlot = {
  shown: null,
  of: null,
  drawable: true,
  current: false,
  busy: false,
  error: null,
  unmatched: false,
  canRetry: true,
};

export type Values = Record<string, string>;

interface Previews {
  slots: Record<string, PreviewSlot>;
  /** Values tried for parameters, by preset file and generator; never saved. */
  values: Record<string, Values>;
  set: (slot: string, change: Partial<PreviewSlot>) => void;
  tryValues: (of: Pick<ActiveGenerator, 'file' | 'generator'>, values: Values) => void;
}

export const usePreviews = create<Previews>((set) => ({
  slots: {},
  values: {},
  set: (slot, change) =>
    set(({ slots }) => ({
      slots: { ...slots, [slot]: { ...(slots[slot] ?? emptySlot), ...change } },
    })),
  tryValues: (of, values) =>
    set((former) => ({ values: { ...former.values, [generatorKey(of)]: values } })),
}));

const noValues: Values = {};

/** The values tried for a generator's parameters. */
export const valuesOf = (
  values: Record<string, Values>,
  of: Pick<ActiveGenerator, 'file' | 'generator'> | null,
): Values => (of ? values[generatorKey(of)] : undefined) ?? noValues;
