// The pictures of the scene: the original and variants, each where the transform puts it.
import { useEffect, useState } from 'react';
import type { Asset, Preview } from '@/api/bindings';
import { picture } from '@/api/rpc';
import styles from './Compare.module.css';
import { onPane, type Rect, type Size, step, type Transform } from './transform';

interface OriginalProps {
  asset: Asset;
  size: Size;
  transform: Transform;
  /** The part of the scene that is shown; null: all of it. */
  part: Rect | null;
  label: string;
}

/** A size of thumbnails that the library keeps, in pixels. */
const PLACEHOLDER = 160;

/** The original, as a worker made it for the screen: the sharper the larger it is shown. */
export function OriginalLayer({ asset, size, transform, part, label }: OriginalProps) {
  const wanted = picture.original(asset, step(size, transform.scale, window.devicePixelRatio));
  // Until it is there, what the library shows of it stands in its place.
  const url = useLoaded(wanted) ?? picture.thumbnail(asset, PLACEHOLDER);
  const all = onPane(transform, { left: 0, top: 0, width: 1, height: size.height / size.width });
  const shown = part ? onPane(transform, part) : all;
  return (
    <div className={styles.layer} style={box(shown)}>
      <img
        className={styles.picture}
        alt={label}
        src={url}
        draggable={false}
        style={box({ ...all, left: all.left - shown.left, top: all.top - shown.top })}
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

/** A variant. */
export function VariantLayer({ preview, rect, transform, pixelExact, label }: VariantProps) {
  const shown = onPane(transform, rect);
  const enlarged = shown.width * window.devicePixelRatio > preview.width * 1.001;
  return (
    <div className={styles.layer} style={box(shown)}>
      <img
        className={styles.picture}
        data-exact={pixelExact && enlarged}
        data-key={preview.key}
        alt={label}
        src={preview.url}
        draggable={false}
        style={box({ left: 0, top: 0, width: shown.width, height: shown.height })}
      />
    </div>
  );
}

const box = ({ left, top, width, height }: Rect) => ({
  transform: `translate(${left}px, ${top}px)`,
  width,
  height,
});

/** The last address whose picture is loaded, until the wanted one is. */
function useLoaded(wanted: string): string | null {
  const [loaded, setLoaded] = useState<string | null>(null);
  useEffect(() => {
    let current = true;
    const image = new Image();
    image.src = wanted;
    image
      .decode()
      .then(() => current && setLoaded(wanted))
      .catch(() => {
        // What cannot be shown leaves the place as it was; the variant's error says why.
      });
    return () => {
      current = false;
    };
  }, [wanted]);
  // Another asset's picture is never shown in the place of this one's.
  const of = (url: string | null) => url?.split('/').slice(0, -1).join('/');
  return of(loaded) === of(wanted) ? loaded : null;
}
