// A library for tests: what the window knows of assets, without a program behind it.
import { QueryClient } from '@tanstack/react-query';
import type { Asset, AssetStates } from '@/api/bindings';
import { assetStatesQuery, assetsQuery } from '@/api/queries';

/** Nothing is missing, stale or failed. */
export const noStates: AssetStates = { missing: [], stale: [], failed: [], complete: true };

/** A client that knows these assets and asks for nothing again. */
export function libraryClient(assets: Asset[], { complete = true, states = noStates } = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 1e9 } } });
  client.setQueryData(assetsQuery.queryKey, { assets, complete });
  client.setQueryData(assetStatesQuery.queryKey, states);
  return client;
}
