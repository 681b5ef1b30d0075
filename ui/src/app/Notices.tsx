// The window's notices, and announcements for screen readers.
import { NoticeList } from '@/components/NoticeList';
import { useAnnouncement } from '@/state/announce';
import styles from './Notices.module.css';

export function Notices() {
  const announcement = useAnnouncement((state) => state.text);
  return (
    <>
      <NoticeList host={null} className={styles.stack} />
      {/* Named as live, or an open dialog would hide it from those it is for. */}
      <div role="status" aria-live="polite" className="visually-hidden">
        {announcement}
      </div>
    </>
  );
}
