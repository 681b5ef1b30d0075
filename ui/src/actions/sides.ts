// Tab hides both sides, as in other programs for pictures, but never for those who move by it.
//
// It does so only while the pointer is at work on the current: the last press was there, and no
// other key that moves the focus came since. Everybody else has Ctrl+\.
import { inDialog, isTyping } from './focus';
import { toggleSides } from './view';

/** Takes part in Tab until the returned function is called. */
export function hearTab(target: Window = window): () => void {
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
