// A pane of the compare view: pans by dragging, zooms at the pointer.
import {
  type ReactNode,
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useEffect,
  useId,
  useRef,
} from 'react';
import { useView } from '@/state/view';
import styles from './Compare.module.css';
import { trackPointer } from './trackPointer';
import { useCompare } from './useCompare';
import { FACTORS, hasLoupe, stepFactor, usePointer } from './usePointer';

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
  /** The loupe, shown while it is wanted and the pointer is here. */
  loupe?: ReactNode;
  /** The name of the pane in `usePointer`; left out: one of its own. */
  id?: string;
  footer?: ReactNode;
}

export function Pane({ label, children, slot, onSize, loupe, id, footer }: PaneProps) {
  const pane = useRef<HTMLDivElement>(null);
  const ownId = useId();
  const name = id ?? ownId;
  const isLoupeHere = useLoupeHere(name, pane, Boolean(loupe));
  const backdrop = useView((view) => view.backdrop);

  useEffect(() => {
    const element = pane.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      if (hasLoupe(usePointer.getState())) return stepFactor(event.deltaY < 0 ? 1 : -1);
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
        onPointerMove={({ currentTarget, clientX, clientY }) => {
          const { left, top } = currentTarget.getBoundingClientRect();
          usePointer.getState().set({ pane: name, x: clientX - left, y: clientY - top });
        }}
        onPointerLeave={() => {
          // The loupe stays where it is: keys move it on.
          if (!hasLoupe(usePointer.getState())) usePointer.getState().set({ pane: null });
        }}
        onDoubleClick={(event) => {
          const compare = useCompare.getState();
          if (isControl(event)) return;
          if (compare.fits) compare.zoomTo(1);
          else compare.fit();
        }}
        onKeyDown={(event) => {
          if (event.target !== event.currentTarget || event.ctrlKey || event.altKey) return;
          const isLoupe = hasLoupe(usePointer.getState());
          const way = ARROWS[event.key];
          if (!way && !(isLoupe && loupeKey(event.key))) return;
          event.preventDefault();
          event.stopPropagation();
          if (!way) return;
          if (isLoupe) moveLoupe(event.currentTarget, name, way, event.shiftKey ? STEP : 1);
          else useCompare.getState().panBy(way[0] * STEP, way[1] * STEP);
        }}
      >
        {children}
        {isLoupeHere && loupe}
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

/** Whether the loupe is on this pane. Without a pointer on any it begins in the middle of the first. */
function useLoupeHere(name: string, pane: RefObject<HTMLElement | null>, hasOne: boolean) {
  const isHere = usePointer((pointer) => hasLoupe(pointer) && pointer.pane === name);
  const isLost = usePointer((pointer) => hasLoupe(pointer) && pointer.pane === null);
  useEffect(() => {
    if (!isLost || !hasOne || !pane.current || usePointer.getState().pane !== null) return;
    const { width, height } = pane.current.getBoundingClientRect();
    usePointer.getState().set({ pane: name, x: width / 2, y: height / 2 });
  }, [isLost, hasOne, pane, name]);
  useEffect(
    () => () => {
      if (usePointer.getState().pane === name) usePointer.getState().set({ pane: null });
    },
    [name],
  );
  return isHere;
}

/** Moves the loupe by steps of CSS pixels, within the pane. */
function moveLoupe(pane: HTMLElement, name: string, way: readonly [number, number], steps: number) {
  const { x, y, set } = usePointer.getState();
  const { width, height } = pane.getBoundingClientRect();
  const within = (at: number, side: number) => Math.min(side, Math.max(0, at));
  const next = { x: within(x - way[0] * steps, width), y: within(y - way[1] * steps, height) };
  set({ pane: name, ...next });
}

/** Does what a key means for the loupe; returns whether it means anything. */
function loupeKey(key: string): boolean {
  const { set } = usePointer.getState();
  const factor = FACTORS.find((one) => String(one) === key);
  if (factor) set({ factor });
  else if (key === '+' || key === '=') stepFactor(1);
  else if (key === '-') stepFactor(-1);
  else if (key === 'Escape') set({ isLoupeOn: false, isLoupeHeld: false });
  else return false;
  return true;
}

/** Whether a press is on a control on the pane, or on a popup of one. */
function isControl({ target, currentTarget }: { target: EventTarget; currentTarget: Element }) {
  if (!(target instanceof Element) || !currentTarget.contains(target)) return true;
  return target.closest('[role=slider], [data-controls]') !== null;
}

function drag(event: ReactPointerEvent<HTMLElement>) {
  if (event.button > 1 || isControl(event)) return;
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
