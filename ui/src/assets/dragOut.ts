// A press that moves: the file goes to another program.
import { dragOut } from '@/api/rpc';
import { showError } from '@/state/notices';

/** A press that moved less than this is a click, in CSS pixels. */
export const THRESHOLD = 6;

/**
 * Waits for the pointer to move; then `file` is dragged, as the file that it says. The press is
 * not over then: the system has taken it.
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
    // A picture of its own would have to be read from the original by the window itself.
    file()
      .then((path) => (path === null ? undefined : dragOut(path, '')))
      .catch(showError);
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', stop);
  window.addEventListener('pointercancel', stop);
}
