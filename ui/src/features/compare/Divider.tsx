// The divider between original and variant, moved by dragging or arrow keys.
import { MoveHorizontal } from 'lucide-react';
import type { PointerEvent as ReactPointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './Compare.module.css';
import { trackPointer } from './trackPointer';
import { useCompare } from './useCompare';

export function Divider() {
  const { t } = useTranslation();
  const divider = useCompare((compare) => compare.divider);
  const move = (share: number) =>
    useCompare.getState().set({ divider: Math.min(1, Math.max(0, share)) });
  return (
    <div
      className={styles.divider}
      style={{ left: `${divider * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label={t('compare.divider')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(divider * 100)}
      onPointerDown={(event) => drag(event, move)}
      onDoubleClick={() => move(0.5)}
      onKeyDown={(event) => {
        const by = event.shiftKey ? 0.1 : 0.01;
        const now = useCompare.getState().divider;
        if (event.key === 'ArrowLeft') move(now - by);
        else if (event.key === 'ArrowRight') move(now + by);
        else if (event.key === 'Home') move(0);
        else if (event.key === 'End') move(1);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <span className={styles.grip}>
        <MoveHorizontal />
      </span>
    </div>
  );
}

function drag(event: ReactPointerEvent<HTMLElement>, move: (share: number) => void) {
  event.stopPropagation();
  if (event.button !== 0) return;
  const area = event.currentTarget.parentElement?.getBoundingClientRect();
  if (!area) return;
  trackPointer(event, { move: (now) => move((now.clientX - area.left) / area.width) });
}
