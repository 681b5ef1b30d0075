// Selects tiles by drawing a marquee with the pointer.
import { type PointerEvent as ReactPointerEvent, type RefObject, useRef } from 'react';
import { THRESHOLD } from '@/assets/dragOut';
import { useSelection } from '@/state/selection';
import type { Point } from './marquee';

/** `find` returns the assets that the rectangle between two points of the content touches. */
export function useMarquee(
  scroller: RefObject<HTMLElement | null>,
  find: (from: Point, to: Point) => number[],
) {
  const element = useRef<HTMLDivElement>(null);
  const latest = useRef(find);
  latest.current = find;

  const down = (press: ReactPointerEvent) => {
    const target = scroller.current;
    if (press.button !== 0 || !target) return;
    const frame = target.getBoundingClientRect();
    // Not on the scroll bar, which is part of the element.
    if (press.clientX - frame.left >= target.clientWidth) return;
    const at = (event: { clientX: number; clientY: number }): Point => ({
      x: event.clientX - frame.left,
      y: event.clientY - frame.top + target.scrollTop,
    });
    const from = at(press);
    const adds = press.ctrlKey || press.metaKey || press.shiftKey;
    const { ids: before, focus } = useSelection.getState();
    let drawn = false;

    const move = (event: PointerEvent) => {
      const to = at(event);
      if (!drawn && Math.hypot(to.x - from.x, to.y - from.y) < THRESHOLD) return;
      drawn = true;
      if (event.clientY < frame.top + 20) target.scrollTop -= 24;
      if (event.clientY > frame.bottom - 20) target.scrollTop += 24;
      draw(element.current, from, to);
      const found = latest.current(from, to);
      const ids = adds ? [...before, ...found] : found;
      const last = found.at(-1) ?? focus;
      useSelection
        .getState()
        .set(ids, found.includes(focus ?? -1) ? focus : last, found[0] ?? last);
    };
    const stop = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', stop);
      window.removeEventListener('pointercancel', stop);
      if (element.current) element.current.hidden = true;
      // A press beside the tiles clears the selection.
      if (!drawn && !adds) useSelection.getState().set([], focus, focus);
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', stop);
    window.addEventListener('pointercancel', stop);
  };
  return { element, down };
}

function draw(marquee: HTMLElement | null, from: Point, to: Point) {
  if (!marquee) return;
  marquee.hidden = false;
  marquee.style.left = `${Math.min(from.x, to.x)}px`;
  marquee.style.top = `${Math.min(from.y, to.y)}px`;
  marquee.style.width = `${Math.abs(to.x - from.x)}px`;
  marquee.style.height = `${Math.abs(to.y - from.y)}px`;
}
