// Tab toggles both side panels, as in other programs for pictures, without breaking its use for moving
// the focus.
//
// It does so only while the user works with the pointer: the last press was in the current view, and no
// other key has moved the focus since. Ctrl+\ always works.
import { inDialog, isTyping } from './focus';
import { toggleSides } from './view';

/** Handles Tab until the returned function is called. */
export function handleTab(target: Window = window): () => void {
  let inView = false;
  const press = (event: PointerEvent) => {
    inView = event.target instanceof Element && event.target.closest('[data-view]') !== null;
  };
  const key = (event: KeyboardEvent) => {
    if (event.key.startsWith('Arrow') || (event.key === 'Tab' && event.shiftKey)) inView = false;
    if (event.key !== 'Tab' || !inView || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.defaultPrevented || isTyping(event.target) || inDialog()) return;
    const at = event.target;
    if (at instanceof Element && at !== document.body && !at.closest('[data-view]')) return;
    event.preventDefault();
    if (!event.repeat) toggleSides();
  };
  target.addEventListener('pointerdown', press, true);
  target.addEventListener('keydown', key);
  return () => {
    target.removeEventListener('pointerdown', press, true);
    target.removeEventListener('keydown', key);
  };
}
