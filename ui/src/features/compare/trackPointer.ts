// Follows a pressed pointer until it is released.

interface Tracking {
  move: (event: PointerEvent) => void;
  end?: () => void;
}

/** Calls `move` for every movement of the pressed pointer, and `end` once it is released. */
export function trackPointer(
  press: { pointerId: number; currentTarget: Element },
  { move, end }: Tracking,
) {
  const { pointerId } = press;
  press.currentTarget.setPointerCapture(pointerId);
  const onMove = (event: PointerEvent) => {
    if (event.pointerId === pointerId) move(event);
  };
  const onEnd = (event: PointerEvent) => {
    if (event.pointerId !== pointerId) return;
    window.removeEventListener('pointermove', onMove);
    window.removeEventListener('pointerup', onEnd);
    window.removeEventListener('pointercancel', onEnd);
    end?.();
  };
  // Listens on the window: WebKitGTK drops the pointer capture of a moving element.
  window.addEventListener('pointermove', onMove);
  window.addEventListener('pointerup', onEnd);
  window.addEventListener('pointercancel', onEnd);
}
