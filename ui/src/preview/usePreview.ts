// The preview of a place on the screen: asked for, kept fresh, shared by all who look at it.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { documentQuery, useAssets } from '@/api/queries';
import { call } from '@/api/rpc';
import { useDelayed } from '@/components/Spinner';
import type { ActiveGenerator } from '@/state/view';
import { type PreviewRequests, previewRequests, type Wish } from './previewRequests';
import { emptySlot, type PreviewSlot, usePreviews, valuesOf } from './slots';
import { isSlow, outputOf } from './slow';

export interface PreviewView extends PreviewSlot {
  /** Whether what is wanted has been on its way for so long that people should see it. */
  late: boolean;
  retry: () => void;
}

/**
 * The preview of an asset by a generator, for one place on the screen.
 *
 * Everybody who names the same `slot` must want the same asset and generator: the inspector and
 * the compare view share `active`. Where several stand side by side, each has a slot of its own.
 * The picture is loaded and decoded before it is told, so that `<img src={shown.url}>` swaps
 * without a flash; `null` for the asset or generator: nothing is wanted.
 */
export function usePreview(
  asset: number | null,
  active: ActiveGenerator | null,
  slot = 'active',
): PreviewView {
  const document = useQuery(documentQuery(active?.file ?? null)).data;
  const known = useKnown(asset);
  const parameters = usePreviews(({ values }) => valuesOf(values, active));
  const shown = usePreviews(({ slots }) => slots[slot]) ?? emptySlot;

  const wish = useMemo((): Wish | null => {
    if (asset === null || !active || !known || !document || document.file !== active.file)
      return null;
    const source = known.state.kind === 'ready' ? known.state.format : null;
    return {
      asset,
      active,
      parameters,
      stamp: `${document.revision} ${known.version} ${known.focal?.x} ${known.focal?.y}`,
      slow: isSlow(outputOf(document.value, active.generator), active.format, source),
    };
  }, [asset, active, known, document, parameters]);

  useEffect(() => {
    const place = enter(slot);
    return () => place.leave();
  }, [slot]);
  useEffect(() => {
    // A document that is being asked for leaves what is shown as it is.
    if (wish) placeOf(slot).requests.want(wish);
    else if (asset === null || !active) placeOf(slot).requests.want(null);
  }, [slot, wish, asset, active]);

  const late = useDelayed(shown.busy && !shown.current && shown.error === null);
  return { ...shown, late, retry: () => placeOf(slot).requests.retry() };
}

function useKnown(asset: number | null) {
  const assets = useAssets();
  return useMemo(
    () => (asset === null ? undefined : assets.find(({ id }) => id === asset)),
    [assets, asset],
  );
}

interface Place {
  requests: PreviewRequests;
  users: number;
}

const places = new Map<string, Place>();

function placeOf(slot: string): Place {
  const known = places.get(slot);
  if (known) return known;
  const tell = (change: Partial<PreviewSlot>) => usePreviews.getState().set(slot, change);
  const requests = previewRequests(slot, {
    ask: (wanted) => call('preview', wanted),
    load: (url) => load(slot, url),
    tell,
  });
  const place = { requests, users: 0 };
  places.set(slot, place);
  return place;
}

function enter(slot: string) {
  const place = placeOf(slot);
  place.users += 1;
  return {
    leave: () => {
      place.users -= 1;
      // Who comes back in the same breath (another view of the stage) finds it as it was.
      setTimeout(() => {
        if (place.users > 0) return;
        place.requests.stop();
        places.delete(slot);
        pictures.delete(slot);
        usePreviews.getState().set(slot, emptySlot);
      });
    },
  };
}

/** The decoded pictures, held so that the page finds them in its memory. */
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
