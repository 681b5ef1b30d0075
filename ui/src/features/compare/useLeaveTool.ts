// Leaves the focal point or crop tool with Escape.
import { useEffect } from 'react';
import { inDialog } from '@/actions/focus';
import { useCompare } from './useCompare';

/** Popups that Escape closes first. */
const POPUPS = '[role=listbox], [role=menu]';

export function useLeaveTool() {
  const isActive = useCompare(({ tool }) => tool !== 'look');
  useEffect(() => {
    if (!isActive) return;
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || inDialog()) return;
      if (event.target instanceof Element && event.target.closest(POPUPS)) return;
      event.preventDefault();
      useCompare.getState().set({ tool: 'look' });
    };
    window.addEventListener('keydown', leave);
    return () => window.removeEventListener('keydown', leave);
  }, [isActive]);
}
