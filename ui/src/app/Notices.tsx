// What the person is told in passing. Errors stay until they are put away.
import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/components/Button';
import { useAnnouncement } from '@/state/announce';
import { type Notice, useNotices } from '@/state/notices';
import styles from './Notices.module.css';

/** How long a notice stays, in milliseconds; errors stay. */
const STAYS = { information: 6000, warning: 15000, error: Number.POSITIVE_INFINITY };

const icons = { information: Info, warning: TriangleAlert, error: CircleAlert };

export function Notices() {
  const { t } = useTranslation();
  const notices = useNotices((state) => state.notices);
  const announcement = useAnnouncement((state) => state.text);
  return (
    <>
      <section aria-label={t('notices.title')} aria-live="polite" className={styles.stack}>
        {notices.map((notice) => (
          <Line key={notice.id} notice={notice} />
        ))}
      </section>
      <div role="status" className="visually-hidden">
        {announcement}
      </div>
    </>
  );
}

function Line({ notice }: { notice: Notice }) {
  const { t } = useTranslation();
  const dismiss = useNotices((state) => state.dismiss);
  const [held, setHeld] = useState(false);
  const { id, level, message } = notice;
  useEffect(() => {
    const stays = STAYS[level];
    if (held || !Number.isFinite(stays)) return;
    const timer = setTimeout(() => dismiss(id), stays);
    return () => clearTimeout(timer);
  }, [held, id, level, dismiss]);
  const Icon = icons[level];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: reading it with the pointer or the focus keeps it
    <div
      className={[styles.notice, styles[level]].join(' ')}
      role={level === 'error' ? 'alert' : undefined}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon aria-label={t(`notices.${level}`)} className={styles.icon} />
      <p data-selectable>{message}</p>
      <IconButton label={t('notices.dismiss')} icon={<X />} onClick={() => dismiss(id)} />
    </div>
  );
}
