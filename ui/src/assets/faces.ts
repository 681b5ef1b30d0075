// The faces of an image as the user has set them: what variants are cut around.
import type { QueryClient } from '@tanstack/react-query';
import type { Assets, FaceBox } from '@/api/bindings';
import { assetsQuery } from '@/api/queries';
import { call } from '@/api/rpc';
import { showError } from '@/state/notices';

/** Sets all faces of an asset, or (null) has them found again. Shows errors. */
export async function setFaces(client: QueryClient, asset: number, faces: FaceBox[] | null) {
  try {
    await call('annotate', { kind: 'faces', asset, faces });
  } catch (error) {
    showError(error);
    return;
  }
  client.setQueryData<Assets>(
    assetsQuery.queryKey,
    (former) =>
      former && {
        ...former,
        assets: former.assets.map((one) => (one.id === asset ? { ...one, faces } : one)),
      },
  );
}
