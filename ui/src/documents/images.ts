// The images that a preset can use: those in its folder and below.
import type { Asset } from '@/api/bindings';

export interface PresetImage {
  asset: Asset;
  /** Relative to the preset's folder. */
  path: string;
}

/** The folder of a preset file, with its slash; empty: the workspace itself. */
export const folderOfPreset = (file: string) => file.slice(0, file.lastIndexOf('/') + 1);

/** The assets in the folder of a preset file and below. */
export function imagesBeside(file: string, assets: readonly Asset[]): PresetImage[] {
  const folder = folderOfPreset(file);
  return assets
    .filter(({ path }) => path.startsWith(folder))
    .map((asset) => ({ asset, path: asset.path.slice(folder.length) }));
}

/** The image of a new overlay: the first one with transparency, else the first; empty: there is none. */
export function overlayImage(images: readonly PresetImage[]): string {
  const isLogo = ({ asset: { state } }: PresetImage) => state.kind === 'ready' && state.alpha;
  return (images.find(isLogo) ?? images[0])?.path ?? '';
}
