// Applies change events to the list of assets. A response may be older than the events that arrive
// while it is loading: they are applied to it on arrival, instead of loading the list again. Applying
// an event that is older than the response is harmless, because newer changes have events too.
import type { Assets, Event } from './bindings';

export type AssetsEvent = Extract<Event, { kind: 'assets' }>;

const recordings = new Set<AssetsEvent[]>();

/** Records an event for every response that is still loading. */
export function recordChange(event: AssetsEvent) {
  for (const recorded of recordings) recorded.push(event);
}

/** Loads the list and applies the events that arrived meanwhile. */
export async function withChanges(load: () => Promise<Assets>): Promise<Assets> {
  const recorded: AssetsEvent[] = [];
  recordings.add(recorded);
  try {
    const response = await load();
    return recorded.length > 0 ? applyChange(response, combine(recorded)) : response;
  } finally {
    recordings.delete(recorded);
  }
}

/** Combines several events into one. */
export function combine(events: readonly AssetsEvent[]): AssetsEvent {
  const changed = new Map<number, AssetsEvent['changed'][number]>();
  const removed = new Set<number>();
  for (const one of events) {
    for (const id of one.removed) {
      changed.delete(id);
      removed.add(id);
    }
    for (const asset of one.changed) {
      removed.delete(asset.id);
      changed.set(asset.id, asset);
    }
  }
  return {
    kind: 'assets',
    changed: [...changed.values()],
    removed: [...removed],
    complete: events.some(({ complete }) => complete),
  };
}

/** Applies an event to the list and keeps the list ordered by path. */
export function applyChange(former: Assets, event: AssetsEvent): Assets {
  const known = new Map(former.assets.map((asset) => [asset.id, asset]));
  for (const id of event.removed) known.delete(id);
  let moved = event.removed.length > 0;
  for (const asset of event.changed) {
    moved ||= known.get(asset.id)?.path !== asset.path;
    known.set(asset.id, asset);
  }
  const assets = [...known.values()];
  if (moved) assets.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { assets, complete: former.complete || event.complete };
}
