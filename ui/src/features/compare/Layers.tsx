// The pictures of the scene, positioned by the transform.
import { useEffect, useState } from 'react';
import type { Asset, Preview } from '@/api/bindings';
import { picture } from '@/api/rpc';
import { useDensity } from '@/state/density';
import styles from './Compare.module.css';
import { type Placement, underVariant, whole } from './placement';
import { onPane, type Rect, type Size, step, type Transform } from './transform';

interface OriginalProps {
  asset: Asset;
  size: Size;
  transform: Transform;
  /** The variant that it lies under; null: it is shown whole. */
  under: { rect: Rect; placement: Placement } | null;
  label: string;
}

/** The thumbnail size of placeholders, in pixels: one that the grid uses. */
const PLACEHOLDER = 160;

/** The original, in a resolution that suits its size on the screen. */
export function OriginalLayer({ asset, size, transform, under, label }: OriginalProps) {
  const density = useDensity();
  const sharp = picture.original(asset, step(size, transform.scale, density));
  // The thumbnail stands in until it is loaded.
  const url = useLoaded(sharp) ?? picture.thumbnail(asset, PLACEHOLDER);
  const all = onPane(transform, whole(size));
  const shown = under ? onPane(transform, under.rect) : all;
  const matrix = under ? underVariant(all, shown, under.placement) : [1, 0, 0, 1, 0, 0];
  return (
    <div className={styles.layer} style={box(shown, density)}>
      <img
        className={styles.picture}
        alt={label}
        src={url}
        draggable={false}
        style={{ width: all.width, height: all.height, transform: `matrix(${matrix.join(', ')})` }}
      />
    </div>
  );
}

interface VariantProps {
  preview: Preview;
  rect: Rect;
  transform: Transform;
  pixelExact: boolean;
  label: string;
}

export function VariantLayer({ preview, rect, transform, pixelExact, label }: VariantProps) {
  const shown = onPane(transform, rect);
  const density = useDensity();
  const enlarged = shown.width * density > preview.width * 1.001;
  return (
    <div className={styles.layer} style={box(shown, density)}>
      <img
        className={styles.picture}
        data-exact={pixelExact && enlarged}
        data-key={preview.key}
        alt={label}
        src={preview.url}
        draggable={false}
        style={{ width: shown.width, height: shown.height }}
      />
    </div>
  );
}

/**
 * Where a layer lies. One of whole device pixels begins at one: a picture at 100% would be blurred
 * otherwise. All others lie where they are, so that a zoom keeps the point under the pointer.
 */
export function box({ left, top, width, height }: Rect, density: number) {
  const isWhole = [width, height].every((side) => {
    const pixels = side * density;
    return Math.abs(pixels - Math.round(pixels)) < 0.01;
  });
  const placed = (at: number) => (isWhole ? Math.round(at * density) / density : at);
  return { transform: `translate(${placed(left)}px, ${placed(top)}px)`, width, height };
}

/** The last loaded URL, until `url` is loaded. */
function useLoaded(url: string): string | null {
  const [loaded, setLoaded] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    const image = new Image();
    image.src = url;
    image
      .decode()
      .then(() => current && setLoaded(url))
      .catch(() => {
        // The former picture stays; the variant's error says why.
      });
    return () => {
      current = false;
    };
  }, [url]);
  // Never shows another asset's picture in place of this one's.
  const of = (url: string | null) => url?.split('/').slice(0, -1).join('/');
  return of(loaded) === of(url) ? loaded : null;
}
