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
  /** A sentence below the title. */
  description?: ReactNode;
  /** `small`: a question; `large`: a workspace of its own. */
  size?: 'small' | 'medium' | 'large';
  children: ReactNode;
  /** Buttons, the main one last. */
  footer?: ReactNode;
}

/** The elements that get the initial focus if none asks for it. */
const CONTROL =
  ':is(input, select, textarea, button, [role=radio], [role=slider]):enabled:not([tabindex="-1"])';

/**
 * A modal dialog: traps the focus, closes with Escape, restores the focus. The initial focus is on what is
 * marked `data-initial-focus`, else on its first control, or on its text, so that arrow keys scroll it.
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
  const first = () =>
    body.current?.parentElement?.querySelector<HTMLElement>('[data-initial-focus]') ??
    body.current?.querySelector<HTMLElement>(CONTROL);
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
