// Commands on assets, for actions, menus and keys alike.
import type { QueryClient } from '@tanstack/react-query';
import { copyText } from '@/actions/clipboard';
import type { Asset } from '@/api/bindings';
import { assetsQuery, startUpQuery } from '@/api/queries';
import { call, reveal } from '@/api/rpc';
import { announce } from '@/state/announce';
import { useSelection } from '@/state/selection';
import { useView, type ViewName } from '@/state/view';
import { t } from '@/text';
import { nameOf } from './filter';
import { assetsById, readFilteredAssets } from './filtered';
import { FAVOURITE } from './marks';

/** The full path of an asset's file. */
export function fileOf(client: QueryClient, { path }: Asset): string {
  const folder = client.getQueryData(startUpQuery.queryKey)?.workspace?.path ?? '';
  return `${folder.replace(/[\\/]$/, '')}/${path}`;
}

/** The focused asset, which keys act on. */
export function focusedAsset(client: QueryClient): Asset | null {
  const { focus } = useSelection.getState();
  const assets = client.getQueryData(assetsQuery.queryKey)?.assets;
  return (focus !== null && assets && assetsById(assets).get(focus)) || null;
}

/** The selected assets, or else the focused one. */
export function subjects(client: QueryClient): Asset[] {
  const { ids } = useSelection.getState();
  const table = assetsById(client.getQueryData(assetsQuery.queryKey)?.assets ?? []);
  const selected = [...ids].flatMap((id) => table.get(id) ?? []);
  const focused = focusedAsset(client);
  return selected.length === 0 && focused ? [focused] : selected;
}

/** Whether an asset is selected or focused. */
export const hasSubjects = () => {
  const { ids, focus } = useSelection.getState();
  return ids.size > 0 || focus !== null;
};

/** Whether all of `subjects` are favourites. */
export function areMarked(client: QueryClient): boolean {
  const { ids, focus } = useSelection.getState();
  const table = assetsById(client.getQueryData(assetsQuery.queryKey)?.assets ?? []);
  const targets = ids.size > 0 ? ids : focus === null ? [] : [focus];
  for (const id of targets) if (!table.get(id)?.marks.includes(FAVOURITE)) return false;
  return hasSubjects();
}

/** Shows an asset in another view. */
export function openIn(current: ViewName, asset: number) {
  const { ids, set } = useSelection.getState();
  if (!ids.has(asset)) set([asset], asset, asset);
  else set(ids, asset);
  useView.getState().set({ current });
}

/** Moves the focus to the next or previous asset of the list. */
export function step(client: QueryClient, by: 1 | -1) {
  const { ids, places } = readFilteredAssets(client);
  const { focus, set } = useSelection.getState();
  const place = focus === null ? undefined : places.get(focus);
  const next = place === undefined ? ids[by > 0 ? 0 : ids.length - 1] : ids[place + by];
  if (next === undefined) return;
  set([next], next, next);
  const asset = focusedAsset(client);
  if (asset) announce(nameOf(asset.path));
}

/** Adds the assets to the favourites, or removes them where all are. */
export async function toggleMark(client: QueryClient) {
  const assets = subjects(client);
  if (assets.length === 0) return;
  const set = !areMarked(client);
  const ids = assets.map(({ id }) => id);
  await call('annotate', { kind: 'mark', mark: FAVOURITE, set, assets: ids });
  announce(t(set ? 'library.markedSome' : 'library.unmarkedSome', { count: assets.length }));
}

/** Shows the asset's file in the system's file manager. */
export async function revealFile(client: QueryClient) {
  const asset = focusedAsset(client);
  if (asset) await reveal(await call('asset_file', { asset: asset.id }));
}

/** Copies the files' paths, a line each. */
export async function copyPaths(client: QueryClient) {
  const paths = subjects(client).map((asset) => fileOf(client, asset));
  if (paths.length === 0) return;
  await copyText(paths.join('\n'));
  announce(t('library.copied', { count: paths.length }));
}

/** The sizes of tiles, in CSS pixels. */
export const SIDES = { least: 80, most: 320, step: 20 };

/** Makes the thumbnails larger or smaller. */
export function resize(by: number) {
  const { thumbnail, set } = useView.getState();
  const rounded = Math.round((thumbnail + by) / SIDES.step) * SIDES.step;
  set({ thumbnail: Math.max(SIDES.least, Math.min(SIDES.most, rounded)) });
}
