// Shows `title` attributes in the window's own tooltip, so that all tooltips look alike.
//
// One listener for the whole window: rows of long lists would pay for a tooltip component each. While
// the pointer is over an element its title is kept aside, or the browser would show it as well.
import { useEffect, useState } from 'react';
import styles from '@/components/Tooltip.module.css';
import own from './TitleTooltips.module.css';

/** How long the pointer rests before the tooltip is shown, in milliseconds. */
const REST = 600;

interface Shown {
  text: string;
  x: number;
  y: number;
}

/** The distance from the pointer, in CSS pixels. */
const AWAY = 18;

export function TitleTooltips() {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let owner: { element: HTMLElement; text: string } | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => {
      clearTimeout(timer);
      setShown(null);
    };
    const release = () => {
      hide();
      // A title that was set meanwhile is newer.
      if (owner && !owner.element.title) owner.element.title = owner.text;
      owner = null;
    };
    const over = ({ target, clientX, clientY, buttons }: PointerEvent) => {
      const found = target instanceof Element ? target.closest<HTMLElement>('[title]') : null;
      const isInside = owner && target instanceof Node && owner.element.contains(target);
      if (isInside && (!found || found.contains(owner?.element ?? null))) return;
      release();
      const text = found?.title;
      if (!found || !text || buttons !== 0) return;
      owner = { element: found, text };
      found.removeAttribute('title');
      timer = setTimeout(() => setShown({ text, x: clientX, y: clientY }), REST);
    };
    const leave = (event: PointerEvent) => event.relatedTarget === null && release();
    document.addEventListener('pointerover', over);
    document.addEventListener('pointerout', leave);
    const ends = ['pointerdown', 'keydown', 'wheel'] as const;
    for (const name of ends) window.addEventListener(name, hide, { capture: true, passive: true });
    return () => {
      release();
      document.removeEventListener('pointerover', over);
      document.removeEventListener('pointerout', leave);
      for (const name of ends) window.removeEventListener(name, hide, { capture: true });
    };
  }, []);
  if (!shown) return null;
  const isRight = shown.x > window.innerWidth / 2;
  const isLow = shown.y > window.innerHeight - 80;
  return (
    <div
      aria-hidden
      className={`${styles.popup} ${own.tooltip}`}
      style={{
        ...(isRight ? { right: window.innerWidth - shown.x } : { left: shown.x }),
        ...(isLow ? { bottom: window.innerHeight - shown.y + AWAY } : { top: shown.y + AWAY }),
      }}
    >
      {shown.text}
    </div>
  );
}
