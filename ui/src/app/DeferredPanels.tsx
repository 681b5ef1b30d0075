// Defers panels until the first thumbnails are loaded: on opening, every millisecond counts for them.
import { type ReactNode, startTransition, useEffect, useState } from 'react';
import { afterThumbnail } from '@/assets/thumbnails';
import { useView } from '@/state/view';

/** Mounts its children once a thumbnail is loaded, or after a moment without one. */
export function DeferredPanels({ children }: { children: ReactNode }) {
  const [isDue, setDue] = useState(false);
  useEffect(() => {
    const mount = () => startTransition(() => setDue(true));
    const { current } = useView.getState();
    if (current === 'grid' || current === 'matrix') return afterThumbnail(mount);
    const timer = setTimeout(mount);
    return () => clearTimeout(timer);
  }, []);
  return isDue && children;
}
