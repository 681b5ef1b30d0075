import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from './Button';
import styles from './Dialog.module.css';
import { DialogNotices } from './NoticeList';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What it is about, in a sentence. */
  description?: ReactNode;
  /** `small`: a question; `large`: a work place. */
  size?: 'small' | 'medium' | 'large';
  children: ReactNode;
  /** Buttons, the main one last. */
  footer?: ReactNode;
}

/** What takes the focus first where nothing in the dialog asks for it. */
const CONTROL =
  ':is(input, select, textarea, button, [role=radio], [role=slider]):enabled:not([tabindex="-1"])';

/**
 * A dialog: keeps the focus, closes with Escape, gives the focus back. It begins at its first
 * control, or at its text, so that arrow keys scroll it.
 */
export function Dialog({
  open,
  onClose,
  title,
  description,
  size = 'medium',
  children,
  footer,
}: DialogProps) {
  const { t } = useTranslation();
  const body = useRef<HTMLDivElement>(null);
  const first = () => body.current?.querySelector<HTMLElement>(CONTROL);
  return (
    <Base.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup
          className={[styles.popup, styles[size]].join(' ')}
          initialFocus={() => first() ?? body.current}
        >
          <header className={styles.header}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            <Base.Close render={<IconButton label={t('common.close')} icon={<X />} />} />
          </header>
          {description && (
            <Base.Description className={styles.description}>{description}</Base.Description>
          )}
          <div ref={body} tabIndex={-1} className={styles.body}>
            {children}
          </div>
          <DialogNotices />
          {footer && <footer className={styles.footer}>{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
