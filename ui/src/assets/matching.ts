// Finds images that a generator applies to.
import type { QueryClient } from '@tanstack/react-query';
import { call } from '@/api/rpc';
import { useNotices } from '@/state/notices';
import { useSelection } from '@/state/selection';
import { type ActiveGenerator, generatorKey } from '@/state/view';
import { t } from '@/text';
import { readFilteredAssets } from './filtered';

/** The program's limit for a request. */
const AT_ONCE = 500;

/** Focuses the next image, after the focused one, that the generator applies to. */
export async function showMatching(client: QueryClient, active: ActiveGenerator) {
  const { ids } = readFilteredAssets(client);
  const place = ids.indexOf(useSelection.getState().focus ?? -1) + 1;
  const ordered = [...ids.slice(place), ...ids.slice(0, place)];
  for (let from = 0; from < ordered.length; from += AT_ONCE) {
    const { rows } = await call('matrix', {
      assets: ordered.slice(from, from + AT_ONCE),
      files: [active.file],
    });
    const byAsset = new Map(rows.map((row) => [row.asset, row.cells]));
    const found = ordered
      .slice(from, from + AT_ONCE)
      .find((id) => byAsset.get(id)?.some((cell) => generatorKey(cell) === generatorKey(active)));
    if (found === undefined) continue;
    useSelection.getState().set([found], found, found);
    return;
  }
  useNotices.getState().add('information', t('library.noneMatches', { name: active.generator }));
}
