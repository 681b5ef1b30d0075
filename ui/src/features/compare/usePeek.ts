// Shows the original in place of the variant while `\` or Space is held.
import { useEffect } from 'react';
import { inDialog, isTyping } from '@/actions/focus';
import { useCompare } from './useCompare';

const isKey = ({ key }: KeyboardEvent) => key === '\\' || key === ' ';

/** Elements that use Space themselves. */
const TAKEN =
  'input, textarea, select, button, a, [contenteditable], [role=menu], [role=dialog], [role=option], [role=tab], [role=switch], [role=treeitem], [role=listbox]';

export function usePeek() {
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (!isKey(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      // `\\` also works while a button has the focus.
      const taken =
        event.key === ' ' && event.target instanceof Element && event.target.closest(TAKEN);
      if (taken || isTyping(event.target) || inDialog()) return;
      event.preventDefault();
      if (!event.repeat) useCompare.getState().set({ peek: true });
    };
    const up = (event: KeyboardEvent) => {
      if (isKey(event)) useCompare.getState().set({ peek: false });
    };
    const away = () => useCompare.getState().set({ peek: false });
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('blur', away);
    return () => {
      away();
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', away);
    };
  }, []);
}
