// Keeps a generator active as long as there is one.
import { useEffect, useRef } from 'react';
import type { PresetFile } from '@/api/bindings';
import { usePresets } from '@/api/queries';
import { type ActiveGenerator, useView } from '@/state/view';

/**
 * The generator to be active: the same one, in a format that it writes; or, if it was renamed or
 * removed, the one at its index; or else the first.
 */
export function nextActive(
  active: ActiveGenerator | null,
  index: number,
  presets: readonly PresetFile[],
): ActiveGenerator | null {
  const preset = presets.find(({ file }) => file === active?.file);
  const own = preset?.generators.find(({ name }) => name === active?.generator);
  if (active && own) {
    // A format that the rule no longer writes, after an undo for one, cannot stay in sight.
    const written = active.format === null ? own.formats : [active.format, 'source'];
    const isWritten = own.broken || written.some((format) => own.formats.includes(format));
    return isWritten ? active : { ...active, format: null };
  }
  // A file that is invalid for a moment, while the user is typing, keeps its generator.
  if (active && preset && preset.generators.length === 0) return active;
  const file = preset ?? presets.find(({ generators }) => generators.length > 0);
  const generator = file?.generators[preset ? Math.min(index, file.generators.length - 1) : 0];
  if (!file || !generator) return null;
  return { file: file.file, generator: generator.name, variation: null, format: null };
}

export function useActiveGenerator() {
  const presets = usePresets();
  const active = useView((view) => view.active);
  const index = useRef(0);
  useEffect(() => {
    // Not loaded yet, or none: the restored one stays.
    if (presets.length === 0) return;
    const preset = presets.find(({ file }) => file === active?.file);
    const now = preset?.generators.findIndex(({ name }) => name === active?.generator) ?? -1;
    if (now >= 0) index.current = now;
    const next = nextActive(active, index.current, presets);
    if (next !== active) useView.getState().set({ active: next });
  }, [presets, active]);
}
