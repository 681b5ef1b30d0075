import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
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

/** A dialog: keeps the focus, closes with Escape, gives the focus back. */
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
  return (
    <Base.Root open={open} onOpenChange={(now) => !now && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={[styles.popup, styles[size]].join(' ')}>
          <header className={styles.header}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            <Base.Close render={<IconButton label={t('common.close')} icon={<X />} />} />
          </header>
          {description && (
            <Base.Description className={styles.description}>{description}</Base.Description>
          )}
          <div className={styles.body}>{children}</div>
          <DialogNotices />
          {footer && <footer className={styles.footer}>{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
