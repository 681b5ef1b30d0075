import { type RefObject, useEffect } from 'react';

let isTaking = false;

/** Whether the focus that just came was taken by a view, and not given by a person. */
export const isInitialFocus = () => isTaking;

/** Takes the focus when a view comes, unless it is somewhere on purpose. */
export function useInitialFocus(element: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const at = document.activeElement;
    if (at && at !== document.body) return;
    isTaking = true;
    element.current?.focus({ preventScroll: true });
    isTaking = false;
  }, [element]);
}
