// What can wait until the first pictures are there: on opening, every millisecond counts for them.
import { type ReactNode, startTransition, useEffect, useState } from 'react';
import { afterPictures } from '@/assets/thumbnails';
import { useView } from '@/state/view';

/** Its children come once the first pictures are there, or after a moment without any. */
export function DeferredPanels({ children }: { children: ReactNode }) {
  const [isTime, setTime] = useState(false);
  useEffect(() => {
    const come = () => startTransition(() => setTime(true));
    const { current } = useView.getState();
    if (current === 'grid' || current === 'matrix') return afterPictures(come);
    const timer = setTimeout(come);
    return () => clearTimeout(timer);
  }, []);
  return isTime && children;
}
