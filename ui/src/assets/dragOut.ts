// Drags a file out to another program once a press moves.
import { dragOut } from '@/api/rpc';
import { showError } from '@/state/notices';

/** A press that moves less is a click, in CSS pixels. */
export const THRESHOLD = 6;

/**
 * Waits for the pointer to move, then starts dragging out the file whose path `file` returns. The
 * system handles the rest of the press.
 */
export function dragFrom(
  press: { clientX: number; clientY: number; pointerId: number },
  file: () => Promise<string | null>,
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
    // No drag image: the window would have to read it from the original itself.
    file()
      .then((path) => (path === null ? undefined : dragOut(path, '')))
      .catch(showError);
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', stop);
  window.addEventListener('pointercancel', stop);
}
