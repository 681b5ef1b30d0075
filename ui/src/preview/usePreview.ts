// Requests the preview of a slot, keeps it up to date and shares it among the views that show it.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Edit } from '@/api/bindings';
import { documentQuery, useAssets } from '@/api/queries';
import { call } from '@/api/rpc';
import { ownCrop } from '@/assets/crops';
import { useDelayed } from '@/components/Spinner';
import { applyEdits } from '@/documents/applyEdits';
import { wholeValue } from '@/documents/inherited';
import type { ActiveGenerator } from '@/state/view';
import { type PreviewRequests, type PreviewTarget, previewRequests } from './previewRequests';
import { emptySlot, type PreviewSlot, usePreviews, valuesOf } from './slots';
import { isSlow, outputOf } from './slow';

const NONE: readonly Edit[] = [];

export interface PreviewView extends PreviewSlot {
  /** Whether the request has been running for so long that the wait should be shown. */
  late: boolean;
  retry: () => void;
}

/**
 * Requests the preview of an asset by a generator for a slot, and returns what the slot shows.
 *
 * All users of a `slot` must pass the same asset and generator: the inspector and the compare view
 * share `active`. Previews side by side have a slot each. The picture is loaded and decoded before
 * the slot changes, so that `<img src={shown.url}>` swaps without a flash. A null asset or
 * generator empties the slot. `edits` of the preset are tried for this slot only.
 */
export function usePreview(
  asset: number | null,
  active: ActiveGenerator | null,
  slot = 'active',
  edits: readonly Edit[] = NONE,
): PreviewView {
  const document = useQuery(documentQuery(active?.file ?? null)).data;
  const source = useSource(asset);
  const parameters = usePreviews(({ values }) => valuesOf(values, active));
  const shown = usePreviews(({ slots }) => slots[slot]) ?? emptySlot;

  const target = useMemo((): PreviewTarget | null => {
    if (asset === null || !active || !source || !document || document.file !== active.file)
      return null;
    const format = source.state.kind === 'ready' ? source.state.format : null;
    return {
      asset,
      active,
      parameters,
      edits,
      version: `${document.revision} ${source.version} ${source.focal?.x} ${source.focal?.y} ${JSON.stringify([ownCrop(source, active.generator), source.faces])}`,
      slow: isSlow(
        outputOf(
          wholeValue({ ...document, value: applyEdits(document.value, edits) }),
          active.generator,
        ),
        active.format,
        format,
      ),
    };
  }, [asset, active, source, document, parameters, edits]);

  useEffect(() => {
    const entry = enter(slot);
    return () => entry.leave();
  }, [slot]);
  useEffect(() => {
    // While a document is loading, the slot keeps what it shows.
    if (target) slotOf(slot).requests.setTarget(target);
    else if (asset === null || !active) slotOf(slot).requests.setTarget(null);
  }, [slot, target, asset, active]);

  const late = useDelayed(shown.busy && !shown.current && shown.error === null);
  return { ...shown, late, retry: () => slotOf(slot).requests.retry() };
}

/** Requests again what a slot could not show. */
export const retryPreview = (slot: string) => openSlots.get(slot)?.requests.retry();

function useSource(asset: number | null) {
  const assets = useAssets();
  return useMemo(
    () => (asset === null ? undefined : assets.find(({ id }) => id === asset)),
    [assets, asset],
  );
}

interface Slot {
  requests: PreviewRequests;
  users: number;
}

const openSlots = new Map<string, Slot>();

function slotOf(slot: string): Slot {
  const open = openSlots.get(slot);
  if (open) return open;
  const update = (change: Partial<PreviewSlot>) => usePreviews.getState().set(slot, change);
  const requests = previewRequests(slot, {
    request: (arguments_) => call('preview', arguments_),
    load: (url) => load(slot, url),
    update,
  });
  const entry = { requests, users: 0 };
  openSlots.set(slot, entry);
  return entry;
}

function enter(slot: string) {
  const entry = slotOf(slot);
  entry.users += 1;
  return {
    leave: () => {
      entry.users -= 1;
      // A view that replaces this one in the same turn finds the slot as it was.
      setTimeout(() => {
        if (entry.users > 0) return;
        entry.requests.stop();
        openSlots.delete(slot);
        pictures.delete(slot);
        usePreviews.getState().set(slot, emptySlot);
      });
    },
  };
}

/** The decoded pictures by slot, held so that the page does not decode them again. */
const pictures = new Map<string, HTMLImageElement>();

async function load(slot: string, url: string): Promise<boolean> {
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
    pictures.set(slot, picture);
    return true;
  } catch {
    return false;
  }
}
