// A query client for tests, with assets and without a program.
import { QueryClient } from '@tanstack/react-query';
import type { Asset, AssetStates } from '@/api/bindings';
import { assetStatesQuery, assetsQuery } from '@/api/queries';

export const noStates: AssetStates = { missing: [], stale: [], failed: [], complete: true };

/** A client with these assets that requests nothing. */
export function libraryClient(assets: Asset[], { complete = true, states = noStates } = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 1e9 } } });
  client.setQueryData(assetsQuery.queryKey, { assets, complete });
  client.setQueryData(assetStatesQuery.queryKey, states);
  return client;
}
