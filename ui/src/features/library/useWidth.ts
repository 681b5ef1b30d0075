import { type RefObject, useLayoutEffect, useState } from 'react';

/** The width of an element's content box, in CSS pixels; 0 until it is measured. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const observed = element.current;
    if (!observed) return;
    setWidth(observed.clientWidth);
    const observer = new ResizeObserver((entries) => {
      const now = entries.at(-1)?.contentRect.width;
      if (now !== undefined) setWidth(Math.floor(now));
    });
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
