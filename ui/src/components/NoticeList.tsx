// Shows the notices of the window or of an open dialog. Errors stay until they are dismissed.
import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { hostOf, type Notice, type NoticeHost, useNotices } from '@/state/notices';
import { Button, IconButton } from './Button';
import styles from './NoticeList.module.css';

/** How long a notice stays, in milliseconds; errors stay. */
const STAYS = { information: 6000, warning: 15000, error: Number.POSITIVE_INFINITY };

const icons = { information: Info, warning: TriangleAlert, error: CircleAlert };

/** The notices of a dialog, or (null) of the window. While another dialog covers them they stay. */
export function NoticeList({ host, className }: { host: NoticeHost | null; className?: string }) {
  const { t } = useTranslation();
  const { notices, hosts } = useNotices();
  const isCovered = (hosts.at(-1) ?? null) !== host;
  return (
    <section aria-label={t('notices.title')} aria-live="polite" className={className}>
      {notices
        .filter((notice) => hostOf(notice, hosts) === host)
        .map((notice) => (
          <Line key={notice.id} {...{ notice, isCovered }} />
        ))}
    </section>
  );
}

/** Registers an open dialog as a host of notices; `shows`: whether it shows them itself. */
export function useNoticeHost(open: boolean, shows: boolean): NoticeHost | null {
  const [host, setHost] = useState<NoticeHost | null>(null);
  useEffect(() => {
    if (!open) return;
    const { enter, leave } = useNotices.getState();
    const entered = enter(shows);
    setHost(entered);
    return () => leave(entered);
  }, [open, shows]);
  return host;
}

/** The notices that arrive while the surrounding dialog is open. */
export function DialogNotices() {
  const host = useNoticeHost(true, true);
  return host && <NoticeList host={host} className={styles.inDialog} />;
}

function Line({ notice, isCovered }: { notice: Notice; isCovered: boolean }) {
  const { t } = useTranslation();
  const dismiss = useNotices((state) => state.dismiss);
  const line = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState(false);
  const { id, level, message, offers } = notice;
  useEffect(() => {
    const stays = STAYS[level];
    if (held || isCovered || !Number.isFinite(stays)) return;
    const timer = setTimeout(() => dismiss(id), stays);
    return () => clearTimeout(timer);
  }, [held, isCovered, id, level, dismiss]);
  const putAway = () => {
    if (line.current?.contains(document.activeElement)) focusBeside(line.current);
    dismiss(id);
  };
  const Icon = icons[level];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: reading it with the pointer or the focus keeps it
    <div
      ref={line}
      className={[styles.notice, styles[level]].join(' ')}
      role={level === 'error' ? 'alert' : undefined}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon aria-label={t(`notices.${level}`)} className={styles.icon} />
      <div className={styles.words}>
        <p data-selectable>{message}</p>
        {offers.map(({ label, perform }) => (
          <Button
            key={label}
            look="quiet"
            onClick={() => {
              putAway();
              perform();
            }}
          >
            {label}
          </Button>
        ))}
      </div>
      <IconButton label={t('notices.dismiss')} icon={<X />} onClick={putAway} />
    </div>
  );
}

/** Moves the focus to the next notice, or to the list's dialog. */
function focusBeside(line: Element) {
  const next = line.nextElementSibling ?? line.previousElementSibling;
  const there =
    next?.querySelector('button') ??
    line.closest<HTMLElement>('[role=dialog]') ??
    document.querySelector<HTMLElement>('main');
  there?.focus();
}
