// Whether there is anything to export.
import { type QueryClient, useQuery } from '@tanstack/react-query';
import type { Assets, GeneratorChoice, PresetFile } from '@/api/bindings';
import { assetsQuery, presetsQuery } from '@/api/queries';

/** Why nothing can be exported. */
export type ExportObstacle = 'noImages' | 'noPresets' | 'noGenerators';

/** The generators that can be exported, in the order of the files. */
export const exportable = (presets: readonly PresetFile[]): GeneratorChoice[] =>
  presets.flatMap(({ file, trouble, generators }) =>
    trouble === null
      ? generators.filter(({ broken }) => !broken).map(({ name }) => ({ file, generator: name }))
      : [],
  );

/** Why nothing can be exported; null: something can, or it is not known yet. */
export function obstacleOf(
  assets: Assets | undefined,
  presets: readonly PresetFile[] | undefined,
): ExportObstacle | null {
  if (!assets?.complete || !presets) return null;
  if (assets.assets.length === 0) return 'noImages';
  if (presets.length === 0) return 'noPresets';
  return exportable(presets).length === 0 ? 'noGenerators' : null;
}

export const useExportObstacle = () =>
  obstacleOf(useQuery(assetsQuery).data, useQuery(presetsQuery).data);

/** The same, outside of components. */
export const readExportObstacle = (client: QueryClient) =>
  obstacleOf(client.getQueryData(assetsQuery.queryKey), client.getQueryData(presetsQuery.queryKey));
