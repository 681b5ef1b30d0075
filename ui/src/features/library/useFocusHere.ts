import { type RefObject, useEffect } from 'react';

/** Takes the focus when a view comes, unless it is somewhere on purpose. */
export function useFocusHere(element: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const at = document.activeElement;
    if (!at || at === document.body) element.current?.focus({ preventScroll: true });
  }, [element]);
}
