// The original fitted into its area, with an overlay.
import { type ReactNode, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { picture } from '@/api/rpc';
import { useDensity } from '@/state/density';
import styles from './Compare.module.css';
import { type Size, step } from './transform';

interface FittedOriginalProps {
  asset: Asset;
  size: Size;
  children: ReactNode;
}

const MARGIN = 24;

export function FittedOriginal({ asset, size, children }: FittedOriginalProps) {
  const box = useFitted(size);
  return (
    <div className={styles.fitted} ref={box.ref}>
      {box.width > 0 && (
        <div className={styles.fittedBox} style={{ width: box.width, height: box.height }}>
          <FittedPicture asset={asset} size={size} width={box.width} />
          {children}
        </div>
      )}
    </div>
  );
}

/** The original for a width in CSS pixels. */
export function FittedPicture({ asset, size, width }: { asset: Asset; size: Size; width: number }) {
  const { t } = useTranslation();
  const url = picture.original(asset, step(size, width, useDensity()));
  return (
    <img
      className={styles.fittedPicture}
      src={url}
      draggable={false}
      alt={t('compare.originalOf', { path: asset.path })}
    />
  );
}

/** The largest size of a ratio that fits into the element with `ref`. */
export function useFitted(size: Size) {
  const [room, setRoom] = useState<Size>({ width: 0, height: 0 });
  const element = useRef<HTMLDivElement | null>(null);
  const ref = useCallback((now: HTMLDivElement | null) => {
    element.current = now;
  }, []);
  useLayoutEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  const by = Math.max(
    0,
    Math.min((room.width - 2 * MARGIN) / size.width, (room.height - 2 * MARGIN) / size.height),
  );
  return { ref, width: size.width * by, height: size.height * by };
}
