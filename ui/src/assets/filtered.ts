// The assets that are shown, chosen once for all who ask: grid, matrix, filters, actions, export.
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { useShallow } from 'zustand/react/shallow';
import type { Asset, AssetStates } from '@/api/bindings';
import { assetStatesQuery, assetsQuery, useAssets } from '@/api/queries';
import { useView, type View } from '@/state/view';
import {
  type Criteria,
  choose,
  type FilteredAssets,
  noStates,
  type States,
  statesOf,
} from './filter';

const criteriaOf = (view: View): Criteria => ({
  search: view.search,
  folder: view.folder,
  mark: view.mark,
  formats: view.formats,
  orientation: view.orientation,
  state: view.state,
  sort: view.sort,
});

let toldLast: AssetStates | undefined;
let statesLast: States = noStates;

function readyStates(told: AssetStates | undefined): States {
  if (told !== toldLast) {
    toldLast = told;
    statesLast = told ? statesOf(told) : noStates;
  }
  return statesLast;
}

let last: {
  assets: readonly Asset[];
  criteria: Criteria;
  states: States;
  shown: FilteredAssets;
} | null = null;

/** As `choose`, but the last answer is kept. */
export function chosen(
  assets: readonly Asset[],
  criteria: Criteria,
  states: States,
): FilteredAssets {
  // States matter only where they are filtered by; their news must not move the grid.
  const counts = criteria.state === null ? noStates : states;
  if (last && last.assets === assets && last.states === counts && same(last.criteria, criteria)) {
    return last.shown;
  }
  const shown = choose(assets, criteria, counts);
  last = { assets, criteria, states: counts, shown };
  return shown;
}

const same = (a: Criteria, b: Criteria) =>
  (Object.keys(a) as (keyof Criteria)[]).every((key) => a[key] === b[key]);

/** States of assets, for badges and filters. */
export const useStates = (): States => readyStates(useQuery(assetStatesQuery).data);

/** What is looked for, and the order; the same object until it changes. */
export const useCriteria = (): Criteria => useView(useShallow(criteriaOf));

/** The assets that pass the filters, in order. */
export function useFilteredAssets(): FilteredAssets {
  return chosen(useAssets(), useCriteria(), useStates());
}

const none: Asset[] = [];

/** The same outside of components. */
export function readFilteredAssets(client: QueryClient): FilteredAssets {
  const assets = client.getQueryData(assetsQuery.queryKey)?.assets ?? none;
  const states = readyStates(client.getQueryData(assetStatesQuery.queryKey));
  return chosen(assets, criteriaOf(useView.getState()), states);
}

/** The assets by number, made once for each list. */
const tables = new WeakMap<readonly Asset[], ReadonlyMap<number, Asset>>();

export function assetsById(assets: readonly Asset[]): ReadonlyMap<number, Asset> {
  let table = tables.get(assets);
  if (!table) {
    table = new Map(assets.map((asset) => [asset.id, asset]));
    tables.set(assets, table);
  }
  return table;
}

/** The asset of a number, whether it is shown or not. */
export function useAsset(id: number | null): Asset | null {
  const assets = useAssets();
  return id === null ? null : (assetsById(assets).get(id) ?? null);
}
