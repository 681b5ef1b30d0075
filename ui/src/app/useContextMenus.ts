// Keeps the browser's own menu to texts: elsewhere it offers nothing of use.
import { useEffect } from 'react';

/** Elements whose text can be edited. */
const EDITED = 'input, textarea, [contenteditable=true]';

function isText(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  // Text editors live in a shadow root, which is the target then.
  if (target.closest(EDITED) || target.shadowRoot) return true;
  return target.closest('[data-selectable]') !== null && !window.getSelection()?.isCollapsed;
}

export function useContextMenus() {
  useEffect(() => {
    const refuse = (event: MouseEvent) => {
      if (!isText(event.target)) event.preventDefault();
    };
    window.addEventListener('contextmenu', refuse);
    return () => window.removeEventListener('contextmenu', refuse);
  }, []);
}
