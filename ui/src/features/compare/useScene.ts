// Passes the shown picture's geometry to the transform.
import { useLayoutEffect } from 'react';
import { useDensity } from '@/state/density';
import type { Rect, Size } from './transform';
import { useCompare } from './useCompare';

export function useScene(pane: Size, rect: Rect, pixels: number) {
  const { left, top, width, height } = rect;
  const density = useDensity();
  useLayoutEffect(() => {
    if (pane.width === 0) return;
    useCompare.getState().setScene({ pane, rect: { left, top, width, height }, pixels, density });
  }, [pane, left, top, width, height, pixels, density]);
}
