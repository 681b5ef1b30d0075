// Tells when a key is held and let go, outside of text fields and dialogs.
import { useEffect } from 'react';
import { inDialog, isTyping } from '@/actions/focus';

/** Elements that use Space themselves. */
const TAKEN =
  'input, textarea, select, button, a, [contenteditable], [role=menu], [role=dialog], [role=option], [role=tab], [role=switch], [role=treeitem], [role=listbox]';

/** `isKey` and `onHeld` must not change. */
export function useHeldKey(isKey: (key: string) => boolean, onHeld: (held: boolean) => void) {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (!isKey(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
      // Other keys also work while a button has the focus.
      const taken =
        event.key === ' ' && event.target instanceof Element && event.target.closest(TAKEN);
      if (taken || isTyping(event.target) || inDialog()) return;
      event.preventDefault();
      if (!event.repeat) onHeld(true);
    };
    const up = (event: KeyboardEvent) => {
      if (isKey(event.key)) onHeld(false);
    };
    const away = () => onHeld(false);
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('blur', away);
    return () => {
      away();
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', away);
    };
  }, [isKey, onHeld]);
}
