// The thumbnail of an asset: a neutral area of its shape until the picture is loaded.
import { memo, useCallback, useState } from 'react';
import { picture } from '@/api/rpc';
import styles from './Thumbnail.module.css';
import { show } from './thumbnails';

interface ThumbnailProps {
  id: number;
  version: string;
  /** Of the longer side. */
  pixels: number;
  alpha: boolean;
  /** Width by height; null: unknown yet. */
  ratio: number | null;
  onFail?: (reason: string | null) => void;
}

/** Fills its parent, which is a square, as far as its shape allows. */
export const Thumbnail = memo(function Thumbnail({
  id,
  version,
  pixels,
  alpha,
  ratio,
  onFail,
}: ThumbnailProps) {
  const url = picture.thumbnail({ id, version }, pixels);
  const image = useCallback(
    (element: HTMLImageElement) => show(element, id, url, (reason) => onFail?.(reason)),
    [id, url, onFail],
  );
  const shape =
    ratio === null
      ? { width: '100%', height: '100%' }
      : { width: `${Math.min(1, ratio) * 100}%`, height: `${Math.min(1, 1 / ratio) * 100}%` };
  return (
    <span className={`${styles.shape} ${alpha ? styles.alpha : ''}`} style={shape}>
      <img ref={image} className={styles.image} alt="" decoding="async" draggable={false} />
    </span>
  );
});

/** Whether a thumbnail of this version has failed, and why. */
export function useFailure(version: string) {
  const [failure, setFailure] = useState<{ version: string; reason: string | null } | null>(null);
  const onFail = useCallback((reason: string | null) => setFailure({ version, reason }), [version]);
  return { failure: failure?.version === version ? failure : null, onFail };
}
