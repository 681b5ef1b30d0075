// Tells whether an element is on the screen.
import { useEffect, useRef, useState } from 'react';

/** Watches the element that gets `element` as its ref; it counts as in sight a little before it is. */
export function useInSight<E extends Element = HTMLElement>() {
  const element = useRef<E>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const observer = new IntersectionObserver(
      (entries) => setSeen(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: '80px' },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, []);
  return { element, seen };
}
