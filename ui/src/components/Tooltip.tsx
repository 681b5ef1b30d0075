import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement } from 'react';
import styles from './Tooltip.module.css';

interface TooltipProps {
  text: string;
  keys?: string | undefined;
  children: ReactElement;
}

/** Shows a control's label while the pointer rests on it or it has the focus. */
export function Tooltip({ text, keys, children }: TooltipProps) {
  return (
    // Escape must also close the dialog or menu around the control, not the tooltip alone.
    <Base.Root
      onOpenChange={(_, about) => about.reason === 'escape-key' && about.allowPropagation()}
    >
      <Base.Trigger render={children as ReactElement<Record<string, unknown>>} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className={styles.positioner}>
          <Base.Popup className={styles.popup}>
            {text}
            {keys && <kbd className={styles.keys}>{keys}</kbd>}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export const TooltipProvider = Base.Provider;
