// The state of the compare view: transform, divider, tool.
import { create } from 'zustand';
import type { Channels } from './difference';
import {
  centred,
  fitTo,
  type Rect,
  type Size,
  scaleOfWhole,
  type Transform,
  within,
  zoomAt,
} from './transform';
import type { TrialKind } from './trials';

export type Tool = 'look' | 'focal' | 'crop';

/** The geometry that the transform applies to; the view updates it. */
export interface Scene {
  pane: Size;
  rect: Rect;
  /** The variant's width in pixels. */
  pixels: number;
  density: number;
}

interface Compare {
  /** Whether the picture is kept fitted to the pane. */
  fits: boolean;
  transform: Transform;
  scene: Scene | null;
  /** The divider's position, as a share of the pane's width. */
  divider: number;
  tool: Tool;
  /** Whether the original is shown while a key is held. */
  peek: boolean;
  /** The temporary variations that stand side by side in the mode 'many'; null: generators do. */
  trials: TrialKind | null;
  /** What is shown of the difference, and by how much it is amplified. */
  channels: Channels;
  amplification: number;
  set: (
    change: Partial<
      Pick<Compare, 'divider' | 'tool' | 'peek' | 'trials' | 'channels' | 'amplification'>
    >,
  ) => void;
  setScene: (scene: Scene) => void;
  fit: () => void;
  /** Zooms to this many device pixels for a pixel of the variant. */
  zoomTo: (ratio: number) => void;
  zoomBy: (factor: number, x?: number, y?: number) => void;
  panBy: (x: number, y: number) => void;
  /** Fits another picture. */
  begin: () => void;
}

export const useCompare = create<Compare>((set, get) => ({
  fits: true,
  transform: { scale: 1, x: 0, y: 0 },
  scene: null,
  divider: 0.5,
  tool: 'look',
  peek: false,
  trials: null,
  channels: 'grey',
  amplification: 4,
  set: (change) => set(change),
  setScene: (scene) =>
    set(({ fits, transform }) => ({ scene, transform: fits ? fitted(scene) : transform })),
  fit: () => {
    const { scene } = get();
    if (scene) set({ fits: true, transform: fitted(scene) });
  },
  zoomTo: (ratio) => {
    const { scene } = get();
    if (!scene) return;
    const { pane, rect, pixels, density } = scene;
    get().zoomBy((scaleOfWhole(rect, pixels, density) * ratio) / get().transform.scale);
    if (get().fits) set({ fits: false, transform: centred(pane, rect, get().transform.scale) });
  },
  zoomBy: (factor, x, y) => {
    const { scene, transform } = get();
    if (!scene) return;
    const { pane, rect, pixels, density } = scene;
    const scale = within(transform.scale * factor, rect, pixels, density);
    const at = [x ?? pane.width / 2, y ?? pane.height / 2] as const;
    set({ fits: false, transform: zoomAt(transform, scale, ...at) });
  },
  panBy: (x, y) =>
    set(({ transform }) => ({
      fits: false,
      transform: { ...transform, x: transform.x + x, y: transform.y + y },
    })),
  begin: () => {
    const { scene } = get();
    set({ fits: true, ...(scene ? { transform: fitted(scene) } : {}) });
  },
}));

const fitted = ({ pane, rect, pixels, density }: Scene) => fitTo(pane, rect, pixels, density);

/** The zoom, in device pixels for a pixel of the variant. */
export function ratioOf({ scene, transform }: Pick<Compare, 'scene' | 'transform'>): number {
  if (!scene) return 1;
  return transform.scale / scaleOfWhole(scene.rect, scene.pixels, scene.density);
}
