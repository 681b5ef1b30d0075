// Crops by hand: the part of one picture that a generator's variants are made of.
import type { QueryClient } from '@tanstack/react-query';
import type { Asset, Assets, CropFrame } from '@/api/bindings';
import { assetsQuery } from '@/api/queries';
import { call } from '@/api/rpc';
import { showError } from '@/state/notices';

/** The crop by hand of an asset for a generator. */
export const ownCrop = (asset: Asset | undefined, generator: string): CropFrame | null =>
  asset?.crops[generator] ?? null;

/**
 * Sets or (null) removes the crop by hand of an asset for a generator. Shows errors, and resolves to
 * whether it was done.
 */
export async function setOwnCrop(
  client: QueryClient,
  asset: number,
  generator: string,
  frame: CropFrame | null,
): Promise<boolean> {
  try {
    await call('annotate', { kind: 'crop', asset, generator, frame, gesture: null });
  } catch (error) {
    showError(error);
    return false;
  }
  client.setQueryData<Assets>(
    assetsQuery.queryKey,
    (former) =>
      former && {
        ...former,
        assets: former.assets.map((one) =>
          one.id === asset ? { ...one, crops: changed(one.crops, generator, frame) } : one,
        ),
      },
  );
  return true;
}

function changed(crops: Asset['crops'], generator: string, frame: CropFrame | null) {
  const { [generator]: _, ...others } = crops;
  return frame ? { ...others, [generator]: frame } : others;
}
