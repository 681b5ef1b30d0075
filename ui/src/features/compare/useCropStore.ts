// Where the crop tool's rectangle is kept: with the picture, or in the generator's rule.
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { ownCrop, setOwnCrop } from '@/assets/crops';
import { changeDocument } from '@/documents/edits';
import type { ActiveGenerator } from '@/state/view';
import { type CropRect, cropEdits, cropOf, frameOf, type Operation, rectOf } from './crop';

/** For this picture, or for all that the generator takes. */
export type CropScope = 'one' | 'all';

interface CropStore {
  stored: CropRect | null;
  /** Keeps a rectangle, or (null) removes it; resolves to whether it was done. */
  store: (rect: CropRect | null, keepsRatio: boolean) => Promise<boolean>;
}

export function useCropStore(
  asset: Asset,
  { file, generator }: ActiveGenerator,
  operations: readonly Operation[],
): Record<CropScope, CropStore> {
  const { t } = useTranslation();
  const client = useQueryClient();
  const own = ownCrop(asset, generator);
  return {
    one: {
      stored: own && rectOf(own),
      store: (rect) => setOwnCrop(client, asset.id, generator, rect && frameOf(rect)),
    },
    all: {
      stored: cropOf(operations),
      store: (rect, keepsRatio) => {
        const edits = cropEdits(generator, operations, rect, keepsRatio);
        if (edits.length === 0) return Promise.resolve(false);
        return changeDocument(client, file, { edits, label: t('compare.cropLabel') });
      },
    },
  };
}
