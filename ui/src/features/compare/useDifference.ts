// Loads original and variant, and lays them over each other.
import { useEffect, useState } from 'react';
import type { Asset, Preview } from '@/api/bindings';
import { messageOf, picture } from '@/api/rpc';
import { extent, loadPixels, type Overlay, originalPixels, overlay } from './difference';
import type { Placement } from './placement';
import type { Rect, Size } from './transform';

export interface Difference {
  laid: Overlay;
  /** In levels of 255. */
  largest: number;
  mean: number;
  /** The variant's key. */
  key: string;
}

interface Compared {
  asset: Asset;
  size: Size;
  preview: Preview;
  placement: Placement;
  rect: Rect;
}

/** The last difference that is known, until the next one is; null `compared`: none. */
export function useDifference(compared: Compared | null) {
  const [difference, setDifference] = useState<Difference | null>(null);
  const [error, setError] = useState<string | null>(null);
  const preview = compared?.preview;
  const pixels = compared && originalPixels(compared.size, compared.preview, compared.rect.width);
  const original = compared && picture.lossless(compared.asset, pixels ?? 0);
  const placement = compared ? JSON.stringify(compared.placement) : '';
  const [url, key] = [preview?.url, preview?.key];
  useEffect(() => {
    setError(null);
    if (!original || !url || !key) return setDifference(null);
    const ended = new AbortController();
    const load = async () => {
      const [one, other] = await Promise.all([
        loadPixels(original, ended.signal),
        loadPixels(url, ended.signal),
      ]);
      const laid = overlay(one, other, JSON.parse(placement) as Placement);
      one.close();
      other.close();
      setDifference({ laid, ...extent(laid), key });
    };
    load().catch((cause: unknown) => {
      if (ended.signal.aborted) return;
      setDifference(null);
      setError(messageOf(cause));
    });
    return () => ended.abort();
  }, [original, url, key, placement]);
  return { difference, error };
}
