// Everything the window reads. What goes stale by which event is in events.ts.
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

export const assetsQuery = queryOptions({
  queryKey: ['assets'],
  queryFn: () => withChanges(() => call('assets')),
  // A changed list keeps what has not changed by itself: looking for it would take its time.
  structuralSharing: false,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});

/** The assets, and whether that is the whole list and the newest one. */
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

export const sheetQuery = (wanted: SheetArguments | null) =>
  queryOptions({
    queryKey: ['sheet', wanted],
    queryFn: () => call('sheet', wanted ?? { asset: 0, files: [] }),
    enabled: wanted !== null,
    placeholderData: (former) => former,
  });

export const matrixQuery = (wanted: MatrixArguments) =>
  queryOptions({
    queryKey: ['matrix', wanted],
    queryFn: () => call('matrix', wanted),
    enabled: wanted.assets.length > 0,
    placeholderData: (former) => former,
  });

export const assetStatesQuery = queryOptions({
  queryKey: ['asset_states'],
  queryFn: () => call('asset_states'),
});

export const snippetQuery = (wanted: SnippetArguments | null) =>
  queryOptions({
    queryKey: ['snippet', wanted],
    queryFn: () => {
      if (!wanted) throw new Error('nothing is wanted');
      return call('snippet', wanted);
    },
    enabled: wanted !== null,
  });

export const exportPlanQuery = (wanted: ExportArguments | null) =>
  queryOptions({
    queryKey: ['export_plan', wanted],
    queryFn: () => {
      if (!wanted) throw new Error('nothing is wanted');
      return call('plan_export', wanted);
    },
    enabled: wanted !== null,
    placeholderData: (former) => former,
  });

export const runsQuery = queryOptions({
  queryKey: ['runs'],
  queryFn: () => call('runs'),
  staleTime: Number.POSITIVE_INFINITY,
});

export const runRowsQuery = (wanted: RowsArguments) =>
  queryOptions({
    queryKey: ['run_rows', wanted.id, wanted],
    queryFn: () => call('run_rows', wanted),
    placeholderData: (former) => former,
  });

const noAssets: Asset[] = [];
const noPresets: PresetFile[] = [];

/** The program's first words: versions, settings, schema, the open workspace. */
export const useStartUp = () => useQuery(startUpQuery).data;

/** The open workspace; null while none is open. */
export const useWorkspace = () => useQuery(startUpQuery).data?.workspace ?? null;

/** The assets of the workspace, by path. */
export const useAssets = () => useQuery(assetsQuery).data?.assets ?? noAssets;

/** Whether the folder is still being looked through: what is not there may yet come. */
export const useIsScanning = () => useQuery(assetsQuery).data?.complete !== true;

/** The preset files of the workspace. */
export const usePresets = () => useQuery(presetsQuery).data ?? noPresets;

/** Puts a document that a command answered with in its place. */
export function cacheDocument(client: QueryClient, document: Document) {
  client.setQueryData(['document', document.file], (former: Document | undefined) =>
    former && former.revision > document.revision ? former : document,
  );
}
