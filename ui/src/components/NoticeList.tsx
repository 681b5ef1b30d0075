// Notices in one place: the window or an open dialog. Errors stay until they are put away.
import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Notice, type Place, placeOf, useNotices } from '@/state/notices';
import { IconButton } from './Button';
import styles from './NoticeList.module.css';

/** How long a notice stays, in milliseconds; errors stay. */
const STAYS = { information: 6000, warning: 15000, error: Number.POSITIVE_INFINITY };

const icons = { information: Info, warning: TriangleAlert, error: CircleAlert };

/** The notices of a place; null: of the window. While a dialog lies over them they stay. */
export function NoticeList({ place, className }: { place: Place | null; className?: string }) {
  const { t } = useTranslation();
  const { notices, places } = useNotices();
  const isCovered = (places.at(-1) ?? null) !== place;
  return (
    <section aria-label={t('notices.title')} aria-live="polite" className={className}>
      {notices
        .filter((notice) => placeOf(notice, places) === place)
        .map((notice) => (
          <Line key={notice.id} {...{ notice, isCovered }} />
        ))}
    </section>
  );
}

/** Keeps notices out of an open dialog's way; `tells`: they have a place in it, which is returned. */
export function useNoticePlace(open: boolean, tells: boolean): Place | null {
  const [place, setPlace] = useState<Place | null>(null);
  useEffect(() => {
    if (!open) return;
    const { enter, leave } = useNotices.getState();
    const here = enter(tells);
    setPlace(here);
    return () => leave(here);
  }, [open, tells]);
  return place;
}

/** The notices that come while the dialog around them is open. */
export function DialogNotices() {
  const place = useNoticePlace(true, true);
  return place && <NoticeList place={place} className={styles.inDialog} />;
}

function Line({ notice, isCovered }: { notice: Notice; isCovered: boolean }) {
  const { t } = useTranslation();
  const dismiss = useNotices((state) => state.dismiss);
  const line = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState(false);
  const { id, level, message } = notice;
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
      <p data-selectable>{message}</p>
      <IconButton label={t('notices.dismiss')} icon={<X />} onClick={putAway} />
    </div>
  );
}

/** The focus goes to the next notice, else to where these are told. */
function focusBeside(line: Element) {
  const next = line.nextElementSibling ?? line.previousElementSibling;
  const there =
    next?.querySelector('button') ??
    line.closest<HTMLElement>('[role=dialog]') ??
    document.querySelector<HTMLElement>('main');
  there?.focus();
}
