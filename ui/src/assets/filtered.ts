// The assets that pass the filters, computed once for grid, matrix, filters, actions and export.
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { useShallow } from 'zustand/react/shallow';
import type { Asset, AssetStates } from '@/api/bindings';
import { assetStatesQuery, assetsQuery, useAssets } from '@/api/queries';
import { useView, type View } from '@/state/view';
import {
  type Criteria,
  type FilteredAssets,
  filterAssets,
  indexStates,
  noStates,
  type States,
} from './filter';

const criteriaOf = (view: View): Criteria => ({
  search: view.search,
  folder: view.folder,
  mark: view.mark,
  formats: view.formats,
  orientation: view.orientation,
  state: view.state,
  rating: view.rating,
  sort: view.sort,
});

let lastResponse: AssetStates | undefined;
let lastStates: States = noStates;

function indexedStates(response: AssetStates | undefined): States {
  if (response !== lastResponse) {
    lastResponse = response;
    lastStates = response ? indexStates(response) : noStates;
  }
  return lastStates;
}

let last: {
  assets: readonly Asset[];
  criteria: Criteria;
  states: States;
  filtered: FilteredAssets;
} | null = null;

/** `filterAssets` with the last result memoised. */
export function filterOnce(
  assets: readonly Asset[],
  criteria: Criteria,
  states: States,
): FilteredAssets {
  // Without a filter by state, changed states must not change the list.
  const relevant = criteria.state === null ? noStates : states;
  if (last && last.assets === assets && last.states === relevant && same(last.criteria, criteria)) {
    return last.filtered;
  }
  const filtered = filterAssets(assets, criteria, relevant);
  last = { assets, criteria, states: relevant, filtered };
  return filtered;
}

const same = (a: Criteria, b: Criteria) =>
  (Object.keys(a) as (keyof Criteria)[]).every((key) => a[key] === b[key]);

/** The states of the assets, for badges and filters. */
export const useStates = (): States => indexedStates(useQuery(assetStatesQuery).data);

/** The filters and the order; the same object until they change. */
export const useCriteria = (): Criteria => useView(useShallow(criteriaOf));

/** The assets that pass the filters, in order. */
export function useFilteredAssets(): FilteredAssets {
  return filterOnce(useAssets(), useCriteria(), useStates());
}

const none: Asset[] = [];

/** The assets that pass the filters, outside of components. */
export function readFilteredAssets(client: QueryClient): FilteredAssets {
  const assets = client.getQueryData(assetsQuery.queryKey)?.assets ?? none;
  const states = indexedStates(client.getQueryData(assetStatesQuery.queryKey));
  return filterOnce(assets, criteriaOf(useView.getState()), states);
}

/** The assets by id; built once for each list. */
const tables = new WeakMap<readonly Asset[], ReadonlyMap<number, Asset>>();

export function assetsById(assets: readonly Asset[]): ReadonlyMap<number, Asset> {
  let table = tables.get(assets);
  if (!table) {
    table = new Map(assets.map((asset) => [asset.id, asset]));
    tables.set(assets, table);
  }
  return table;
}

/** The asset with an id, whether it passes the filters or not. */
export function useAsset(id: number | null): Asset | null {
  const assets = useAssets();
  return id === null ? null : (assetsById(assets).get(id) ?? null);
}
