// Names of generators side by side.
import type { ActiveGenerator } from '@/state/view';

/** A variant's name, distinct from those of others. */
export const nameOf = (active: ActiveGenerator, others: readonly ActiveGenerator[] = []) =>
  [distinctName(active, others), active.variation].filter(Boolean).join(' ');

/** A generator's name, with its preset file if another of these generators has the same name. */
export const distinctName = (one: ActiveGenerator, others: readonly ActiveGenerator[]): string =>
  others.some(({ file, generator }) => generator === one.generator && file !== one.file)
    ? `${one.generator} · ${one.file}`
    : one.generator;

export const keyOf = ({ file, generator, variation, format }: ActiveGenerator) =>
  JSON.stringify([file, generator, variation, format]);

/** The slot that shows a generator's variant: the active one shares the inspector's. */
export const slotOf = (one: ActiveGenerator, active: ActiveGenerator | null) =>
  one === active ? 'active' : keyOf(one);

/** The slot of a temporary variation. */
export const trialSlot = (kind: string, value: string) => `trial ${kind} ${value}`;

export const isTrialSlot = (slot: string) => slot.startsWith('trial ');
