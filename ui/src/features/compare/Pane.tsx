// A pane of the compare view: pans by dragging, zooms at the pointer.
import { type ReactNode, type PointerEvent as ReactPointerEvent, useEffect, useRef } from 'react';
import { useView } from '@/state/view';
import styles from './Compare.module.css';
import { trackPointer } from './trackPointer';
import { useCompare } from './useCompare';

/** The zoom for a unit of the wheel: about three steps of 120 double it. */
const WHEEL = 0.002;

/** An arrow key pans by this, in CSS pixels. */
const STEP = 48;

interface PaneProps {
  label: string;
  children: ReactNode;
  /** The slot of the variant that it shows. */
  slot?: string;
  /** Called with the pane's size; set for one of several panes. */
  onSize?: (width: number, height: number) => void;
  footer?: ReactNode;
}

export function Pane({ label, children, slot, onSize, footer }: PaneProps) {
  const pane = useRef<HTMLDivElement>(null);
  const backdrop = useView((view) => view.backdrop);

  useEffect(() => {
    const element = pane.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 40 : 1;
      const factor = Math.exp(-event.deltaY * lines * WHEEL);
      useCompare.getState().zoomBy(factor, event.clientX - left, event.clientY - top);
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, []);

  useEffect(() => {
    const element = pane.current;
    if (!element || !onSize) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) onSize(entry.contentRect.width, entry.contentRect.height);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [onSize]);

  return (
    <div className={styles.column} data-pane={slot}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        ref={pane}
        className={styles.pane}
        data-backdrop={backdrop}
        role="group"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the picture
        tabIndex={0}
        onPointerDown={drag}
        onDoubleClick={(event) => {
          const compare = useCompare.getState();
          if (event.target instanceof Element && event.target.closest('[role=slider]')) return;
          if (compare.fits) compare.zoomTo(1);
          else compare.fit();
        }}
        onKeyDown={(event) => {
          if (event.target !== event.currentTarget || event.ctrlKey || event.altKey) return;
          const way = ARROWS[event.key];
          if (!way) return;
          event.preventDefault();
          event.stopPropagation();
          useCompare.getState().panBy(way[0] * STEP, way[1] * STEP);
        }}
      >
        {children}
      </div>
      {footer}
    </div>
  );
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

function drag(event: ReactPointerEvent<HTMLElement>) {
  if (event.button > 1) return;
  const element = event.currentTarget;
  let [x, y] = [event.clientX, event.clientY];
  element.dataset.dragging = 'true';
  trackPointer(event, {
    move: (now) => {
      useCompare.getState().panBy(now.clientX - x, now.clientY - y);
      [x, y] = [now.clientX, now.clientY];
    },
    end: () => {
      delete element.dataset.dragging;
    },
  });
}
