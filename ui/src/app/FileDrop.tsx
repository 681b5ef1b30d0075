// Drags of files and folders into the window: shows what a drop will do, then reports what it did.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { FolderInput, FolderOpen } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grant } from '@/api/bindings';
import { useWorkspace } from '@/api/queries';
import { call, onFileDrag } from '@/api/rpc';
import { mayLeave } from '@/documents/leaving';
import { opened } from '@/features/welcome/open';
import { showError, useNotices } from '@/state/notices';
import { useView } from '@/state/view';
import { count, t as words } from '@/text';
import styles from './FileDrop.module.css';

/** At most this many skipped files are listed. */
const MOST_LISTED = 3;

/** Whether the paths may be one folder, which can be opened instead of copied. */
export const mayBeFolder = (paths: readonly string[]) =>
  paths.length === 1 && !/\.[A-Za-z0-9]{2,5}$/.test(paths[0] ?? '');

type Over = { paths: string[]; right: boolean };

export function FileDrop() {
  const client = useQueryClient();
  const workspace = useWorkspace();
  const isOpen = workspace !== null;
  const [over, setOver] = useState<Over | null>(null);
  const paths = useRef<string[]>([]);

  useEffect(
    () =>
      onFileDrag((drag) => {
        if (drag.kind === 'leave') return setOver(null);
        if (drag.kind === 'over') {
          if (drag.paths) paths.current = drag.paths;
          const right = drag.x > window.innerWidth / 2;
          // The pointer moves often, the state changes rarely.
          setOver((former) =>
            former?.right === right && former.paths === paths.current
              ? former
              : { paths: paths.current, right },
          );
          return;
        }
        setOver(null);
        if (drag.paths.length === 0) return;
        const open = isOpen && mayBeFolder(drag.paths) && drag.x > window.innerWidth / 2;
        void drop(client, drag, open ? null : useView.getState().folder).catch(showError);
      }),
    [client, isOpen],
  );

  if (!over) return null;
  return (
    <div className={styles.overlay} role="status">
      {workspace ? <Open {...{ over }} name={workspace.name} /> : <Closed />}
    </div>
  );
}

/** `into`: the folder that files are copied into; null: the folder is opened. */
async function drop(
  client: QueryClient,
  { grant, paths }: { grant: Grant; paths: readonly string[] },
  into: string | null,
) {
  // A folder is opened in any case.
  const opens = into === null || mayBeFolder(paths);
  if (opens && !(await mayLeave(client))) return;
  const result = await call('drop_paths', { grant: grant.id, into });
  if (result.opened) opened(client, result.opened);
  reportDrop(result.copied, result.refused);
}

/** Reports the result of a drop as notices. */
export function reportDrop(copied: number, refused: readonly string[]) {
  const { add } = useNotices.getState();
  if (copied > 0)
    add('information', words('drop.copied', { count: copied, number: count(copied) }));
  if (refused.length > 0) {
    const more = refused.length - MOST_LISTED;
    const reasons = refused.slice(0, MOST_LISTED).join('\n');
    add('warning', more > 0 ? `${reasons}\n${words('drop.more', { count: more })}` : reasons);
  }
}

function Closed() {
  const { t } = useTranslation();
  return (
    <Zone
      active
      icon={<FolderOpen aria-hidden />}
      title={t('drop.open')}
      text={t('drop.openHint')}
    />
  );
}

function Open({ over, name }: { over: Over; name: string }) {
  const { t } = useTranslation();
  const folder = useView((view) => view.folder) || name;
  const choice = mayBeFolder(over.paths);
  const number = over.paths.length;
  return (
    <>
      <Zone
        active={!choice || !over.right}
        icon={<FolderInput aria-hidden />}
        title={
          number > 0 ? t('drop.copyMany', { count: number, folder }) : t('drop.copy', { folder })
        }
        text={t('drop.copyHint')}
      />
      {choice && (
        <Zone
          active={over.right}
          icon={<FolderOpen aria-hidden />}
          title={t('drop.open')}
          text={t('drop.openInstead', { name })}
        />
      )}
    </>
  );
}

interface ZoneProps {
  active: boolean;
  icon: ReactNode;
  title: string;
  text: string;
}

function Zone({ active, icon, title, text }: ZoneProps) {
  return (
    <div className={styles.zone} data-active={active || undefined}>
      {icon}
      <strong>{title}</strong>
      <span>{text}</span>
    </div>
  );
}
