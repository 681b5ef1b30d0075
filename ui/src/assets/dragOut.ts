// Drags a file out to another program once a press moves.
import type { Grant } from '@/api/bindings';
import { dragOut } from '@/api/rpc';
import { showError } from '@/state/notices';

/** A press that moves less is a click, in CSS pixels. */
export const THRESHOLD = 6;

/**
 * Waits for the pointer to move, then starts dragging out the file whose grant `file` returns. The
 * system handles the rest of the press.
 */
export function dragFrom(
  press: { clientX: number; clientY: number; pointerId: number },
  file: () => Promise<Grant>,
) {
  const stop = () => {
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', stop);
    window.removeEventListener('pointercancel', stop);
  };
  const move = (event: PointerEvent) => {
    if (event.pointerId !== press.pointerId) return;
    const far = Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY);
    if (event.buttons === 0) return stop();
    if (far < THRESHOLD) return;
    stop();
    file().then(dragOut).catch(showError);
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', stop);
  window.addEventListener('pointercancel', stop);
}
