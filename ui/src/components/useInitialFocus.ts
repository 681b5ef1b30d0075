import { type RefObject, useEffect } from 'react';

let isTaking = false;

/** Whether the current focus event comes from `useInitialFocus`, not from the user. */
export const isInitialFocus = () => isTaking;

/** Focuses the element when it is mounted, unless another element has the focus. */
export function useInitialFocus(element: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const at = document.activeElement;
    if (at && at !== document.body) return;
    isTaking = true;
    element.current?.focus({ preventScroll: true });
    isTaking = false;
  }, [element]);
}
