// There is always an active generator, as long as there is any.
import { useEffect, useRef } from 'react';
import type { PresetFile } from '@/api/bindings';
import { usePresets } from '@/api/queries';
import { type ActiveGenerator, useView } from '@/state/view';

/**
 * The generator to go on with: the same one, or what stands in its place (it was renamed or
 * removed), or the first there is.
 */
export function follow(
  active: ActiveGenerator | null,
  place: number,
  presets: readonly PresetFile[],
): ActiveGenerator | null {
  const preset = presets.find(({ file }) => file === active?.file);
  if (active && preset?.generators.some(({ name }) => name === active.generator)) return active;
  // A file that cannot be read for a moment, while it is typed into, keeps its generator.
  if (active && preset && preset.generators.length === 0) return active;
  const file = preset ?? presets.find(({ generators }) => generators.length > 0);
  const generator = file?.generators[preset ? Math.min(place, file.generators.length - 1) : 0];
  if (!file || !generator) return null;
  return { file: file.file, generator: generator.name, variation: null, format: null };
}

export function useActiveGenerator() {
  const presets = usePresets();
  const active = useView((view) => view.active);
  const place = useRef(0);
  useEffect(() => {
    // Not known yet, or none: what was remembered stays.
    if (presets.length === 0) return;
    const preset = presets.find(({ file }) => file === active?.file);
    const now = preset?.generators.findIndex(({ name }) => name === active?.generator) ?? -1;
    if (now >= 0) place.current = now;
    const next = follow(active, place.current, presets);
    if (next !== active) useView.getState().set({ active: next });
  }, [presets, active]);
}
