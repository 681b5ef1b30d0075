// How many device pixels a CSS pixel has: the display's scale times the interface scale.
import { create } from 'zustand';

interface Zoom {
  /** How many times as large as at 100 % the page is drawn. */
  zoom: number;
  /** The device pixels for a CSS pixel at a zoom of 1; null: not known yet. */
  display: number | null;
}

export const useZoom = create<Zoom>(() => ({ zoom: 1, display: null }));

/** The device pixels for a CSS pixel. Some versions of WebKit count the zoom in themselves. */
export function densityOf(ratio: number, { zoom, display }: Zoom): number {
  const isCounted = display !== null && Math.abs(ratio - display * zoom) < 0.01 * ratio;
  return isCounted ? ratio : ratio * zoom;
}

export const density = () => densityOf(window.devicePixelRatio || 1, useZoom.getState());

/** The same; the component is rendered again when the interface scale changes. */
export const useDensity = () => useZoom((zoom) => densityOf(window.devicePixelRatio || 1, zoom));
