// The list of assets and its news. An answer that was on its way while news came may be older than
// they are: they are put into it when it is there, in place of asking anew. News that are older
// than an answer do no harm, since what has changed after them is told after them.
import type { Assets, Event } from './bindings';

export type AssetsEvent = Extract<Event, { kind: 'assets' }>;

const gatherings = new Set<AssetsEvent[]>();

/** News that an answer on its way may not know. */
export function note(news: AssetsEvent) {
  for (const gathered of gatherings) gathered.push(news);
}

/** The answer, with the news that came while it was on its way. */
export async function withChanges(ask: () => Promise<Assets>): Promise<Assets> {
  const gathered: AssetsEvent[] = [];
  gatherings.add(gathered);
  try {
    const answer = await ask();
    return gathered.length > 0 ? merge(answer, together(gathered)) : answer;
  } finally {
    gatherings.delete(gathered);
  }
}

/** Several news as one. */
export function together(news: readonly AssetsEvent[]): AssetsEvent {
  const changed = new Map<number, AssetsEvent['changed'][number]>();
  const removed = new Set<number>();
  for (const one of news) {
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
    complete: news.some(({ complete }) => complete),
  };
}

/** The list with the changes put in, ordered by path. */
export function merge(former: Assets, news: AssetsEvent): Assets {
  const known = new Map(former.assets.map((asset) => [asset.id, asset]));
  for (const id of news.removed) known.delete(id);
  let moved = news.removed.length > 0;
  for (const asset of news.changed) {
    moved ||= known.get(asset.id)?.path !== asset.path;
    known.set(asset.id, asset);
  }
  const assets = [...known.values()];
  if (moved) assets.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { assets, complete: former.complete || news.complete };
}
