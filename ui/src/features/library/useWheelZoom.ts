import { type RefObject, useEffect, useRef } from 'react';

/** Calls `zoom` with 1 or -1 for a turn of the wheel with Ctrl. */
export function useWheelZoom(element: RefObject<HTMLElement | null>, zoom: (by: 1 | -1) => void) {
  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      if (event.deltaY !== 0) latest.current(event.deltaY < 0 ? 1 : -1);
    };
    // A listener that can prevent scrolling delays all of it, so it is added only while Ctrl is held.
    const listen = () => target.addEventListener('wheel', turn, { passive: false });
    const leave = () => target.removeEventListener('wheel', turn);
    const down = ({ key }: KeyboardEvent) => key === 'Control' && listen();
    const up = ({ key }: KeyboardEvent) => key === 'Control' && leave();
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('blur', leave);
    return () => {
      leave();
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', leave);
    };
  }, [element]);
}
