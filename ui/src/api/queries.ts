// All queries of the window. events.ts says which events make them stale.
import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import { withChanges } from './assetChanges';
import type {
  Asset,
  Document,
  ExportArguments,
  MatrixArguments,
  PresetFile,
  RowsArguments,
  SheetArguments,
  SnippetArguments,
} from './bindings';
import { call } from './rpc';

export const startUpQuery = queryOptions({
  queryKey: ['start_up'],
  queryFn: () => call('start_up'),
  staleTime: Number.POSITIVE_INFINITY,
});

/** The families of fonts that texts can be set in. */
export const fontsQuery = queryOptions({
  queryKey: ['fonts'],
  queryFn: () => call('fonts'),
  staleTime: Number.POSITIVE_INFINITY,
});

export const assetsQuery = queryOptions({
  queryKey: ['assets'],
  queryFn: () => withChanges(() => call('assets')),
  // Changed lists already share their unchanged elements: comparing them would only cost time.
  structuralSharing: false,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});

/** The assets, and whether the list is complete and up to date. */
export function useAssetList() {
  const { data, isFetching } = useQuery(assetsQuery);
  return { all: data?.assets, isListed: data?.complete === true && !isFetching };
}

export const presetsQuery = queryOptions({
  queryKey: ['presets'],
  queryFn: () => call('presets'),
  staleTime: Number.POSITIVE_INFINITY,
});

export const documentQuery = (file: string | null) =>
  queryOptions({
    queryKey: ['document', file],
    queryFn: () => call('document', { file: file ?? '' }),
    enabled: file !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (former: Document | undefined) => (former?.file === file ? former : undefined),
  });

export const historyQuery = queryOptions({
  queryKey: ['history'],
  queryFn: () => call('history'),
  staleTime: Number.POSITIVE_INFINITY,
});

export const assetDetailsQuery = (asset: number | null) =>
  queryOptions({
    queryKey: ['asset_details', asset],
    queryFn: () => call('asset_details', { asset: asset ?? 0 }),
    enabled: asset !== null,
  });

/** By its version: another file has another histogram. */
export const histogramQuery = ({ id, version }: { id: number; version: string }) =>
  queryOptions({
    queryKey: ['histogram', id, version],
    queryFn: () => call('histogram', { asset: id }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const sheetQuery = (arguments_: SheetArguments | null) =>
  queryOptions({
    queryKey: ['sheet', arguments_],
    queryFn: () => call('sheet', arguments_ ?? { asset: 0, files: [] }),
    enabled: arguments_ !== null,
    placeholderData: (former) => former,
  });

export const matrixQuery = (arguments_: MatrixArguments) =>
  queryOptions({
    queryKey: ['matrix', arguments_],
    queryFn: () => call('matrix', arguments_),
    enabled: arguments_.assets.length > 0,
    placeholderData: (former) => former,
  });

export const assetStatesQuery = queryOptions({
  queryKey: ['asset_states'],
  queryFn: () => call('asset_states'),
});

export const snippetQuery = (arguments_: SnippetArguments | null) =>
  queryOptions({
    queryKey: ['snippet', arguments_],
    queryFn: () => {
      if (!arguments_) throw new Error('no arguments');
      return call('snippet', arguments_);
    },
    enabled: arguments_ !== null,
  });

export const exportPlanQuery = (arguments_: ExportArguments | null) =>
  queryOptions({
    queryKey: ['export_plan', arguments_],
    queryFn: () => {
      if (!arguments_) throw new Error('no arguments');
      return call('plan_export', arguments_);
    },
    enabled: arguments_ !== null,
    placeholderData: (former) => former,
  });

export const exportProfilesQuery = queryOptions({
  queryKey: ['export_profiles'],
  queryFn: () => call('export_profiles'),
  staleTime: Number.POSITIVE_INFINITY,
});

export const runsQuery = queryOptions({
  queryKey: ['runs'],
  queryFn: () => call('runs'),
  staleTime: Number.POSITIVE_INFINITY,
});

export const runRowsQuery = (arguments_: RowsArguments) =>
  queryOptions({
    queryKey: ['run_rows', arguments_.id, arguments_],
    queryFn: () => call('run_rows', arguments_),
    placeholderData: (former) => former,
  });

const noAssets: Asset[] = [];
const noPresets: PresetFile[] = [];

/** Versions, settings, the preset schema and the open workspace. */
export const useStartUp = () => useQuery(startUpQuery).data;

/** The open workspace; null while none is open. */
export const useWorkspace = () => useQuery(startUpQuery).data?.workspace ?? null;

/** The assets of the workspace, ordered by path. */
export const useAssets = () => useQuery(assetsQuery).data?.assets ?? noAssets;

/** Whether the folder is still being scanned, so that assets may be missing from the list. */
export const useIsScanning = () => useQuery(assetsQuery).data?.complete !== true;

/** The preset files of the workspace. */
export const usePresets = () => useQuery(presetsQuery).data ?? noPresets;

/** Caches the document in a command's response. */
export function cacheDocument(client: QueryClient, document: Document) {
  client.setQueryData(['document', document.file], (former: Document | undefined) =>
    former && former.revision > document.revision ? former : document,
  );
}
