// Which assets are shown, and in which order. Pure, and quick enough for 100,000 of them.
import type { Asset, AssetStates } from '@/api/bindings';
import type { StateFilter, View } from '@/state/view';
import { ordered } from './order';

/** What the person has chosen to see. */
export type Criteria = Pick<
  View,
  'search' | 'folder' | 'mark' | 'formats' | 'orientation' | 'state' | 'sort'
>;

/** States of assets by number, the worst of each; and the sets that filters look into. */
export interface States {
  of: ReadonlyMap<number, StateFilter>;
  sets: Readonly<Record<StateFilter, ReadonlySet<number>>>;
}

export const noStates: States = {
  of: new Map(),
  sets: { missing: new Set(), stale: new Set(), failed: new Set() },
};

export interface FilteredAssets {
  assets: readonly Asset[];
  /** The numbers of the same, in the same order. */
  ids: readonly number[];
  /** Where an asset stands; undefined: it is not shown. */
  places: ReadonlyMap<number, number>;
  /** How many there would be of each format, were the formats not chosen. */
  formats: ReadonlyMap<string, number>;
}

/** The states as the program tells them, made ready to be looked up. */
export function statesOf(told: AssetStates): States {
  const of = new Map<number, StateFilter>();
  for (const state of ['missing', 'stale', 'failed'] as const) {
    for (const id of told[state]) of.set(id, state);
  }
  return {
    of,
    sets: {
      missing: new Set(told.missing),
      stale: new Set(told.stale),
      failed: new Set(told.failed),
    },
  };
}

const aliases: Record<string, string> = { jpg: 'jpeg', tif: 'tiff', heic: 'heif' };

/** The asset's format: what its bytes say, or its extension as long as nobody looked. */
export function formatOf({ state, path }: Asset): string {
  if (state.kind === 'ready') return state.format;
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return aliases[extension] ?? extension;
}

export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** The folder that a path is in; empty: the workspace itself. */
export const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** The assets that fit, in order. */
export function choose(
  assets: readonly Asset[],
  criteria: Criteria,
  states: States = noStates,
): FilteredAssets {
  const fits = test(criteria, states);
  const wanted = new Set(criteria.formats);
  const counts: Record<string, number> = Object.create(null);
  const chosen: Asset[] = [];
  for (const asset of ordered(assets, criteria.sort)) {
    if (!fits(asset)) continue;
    const format = formatOf(asset);
    counts[format] = (counts[format] ?? 0) + 1;
    if (wanted.size === 0 || wanted.has(format)) chosen.push(asset);
  }
  let places: Map<number, number> | undefined;
  return {
    assets: chosen,
    ids: chosen.map(({ id }) => id),
    // Most changes of the filters pass before anybody asks.
    get places() {
      places ??= new Map(chosen.map(({ id }, place) => [id, place]));
      return places;
    },
    formats: new Map(Object.entries(counts)),
  };
}

/** Everything but the format, as one test; what is not chosen costs nothing. */
function test(criteria: Criteria, states: States): (asset: Asset) => boolean {
  const words = plain(criteria.search).toLowerCase().split(/\s+/).filter(Boolean);
  const below = criteria.folder === '' ? '' : `${criteria.folder}/`;
  const { mark, orientation } = criteria;
  // Some systems write accents as letters of their own; without accents nobody looks for them.
  const written = /^\p{ASCII}*$/u.test(criteria.search) ? (path: string) => path : plain;
  const inState = criteria.state && states.sets[criteria.state];
  return (asset) => {
    if (below !== '' && !asset.path.startsWith(below)) return false;
    if (mark !== null && !asset.marks.includes(mark)) return false;
    if (orientation !== null && orientationOf(asset) !== orientation) return false;
    if (inState && !isIn(inState, criteria.state, asset)) return false;
    if (words.length === 0) return true;
    const path = written(asset.path).toLowerCase();
    return words.every((word) => path.includes(word));
  };
}

const plain = (text: string) => text.normalize('NFC');

// What cannot be read has failed, whether its variants were looked at or not.
const isIn = (ids: ReadonlySet<number>, state: StateFilter | null, asset: Asset) =>
  ids.has(asset.id) || (state === 'failed' && asset.state.kind === 'unreadable');

function orientationOf({ state }: Asset) {
  if (state.kind !== 'ready') return null;
  if (state.width === state.height) return 'square';
  return state.width > state.height ? 'landscape' : 'portrait';
}

/** Whether anything is left out by the filters; a folder or a mark is a place, not a filter. */
export const isFiltered = (criteria: Criteria) =>
  criteria.search.trim() !== '' ||
  criteria.formats.length > 0 ||
  criteria.orientation !== null ||
  criteria.state !== null;

/** Takes all filters back. */
export const noFilters: Partial<View> = {
  search: '',
  formats: [],
  orientation: null,
  state: null,
};
