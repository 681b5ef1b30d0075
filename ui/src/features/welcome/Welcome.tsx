// The welcome page, shown while no workspace is open.
import { useQueryClient } from '@tanstack/react-query';
import { FolderOpen, FolderX, Images, ImageUp, TriangleAlert, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecentWorkspace } from '@/api/bindings';
import { useStartUp } from '@/api/queries';
import { Button, IconButton } from '@/components/Button';
import { Spinner } from '@/components/Spinner';
import { showError } from '@/state/notices';
import sign from '../../../../icons/icon.svg';
import { chooseAndOpen, forget, openFolder, openSamples } from './open';
import styles from './Welcome.module.css';

export function Welcome() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const startUp = useStartUp();
  const [busy, setBusy] = useState(false);
  const open = (opening: () => Promise<void>) => {
    setBusy(true);
    void opening()
      .catch(showError)
      .finally(() => setBusy(false));
  };
  const recent = startUp?.recent ?? [];
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <h1 className={styles.title}>
          <img src={sign} alt="" width={28} height={28} />
          Cropmark
        </h1>
        {startUp?.refused && (
          <p className={styles.refused} role="alert" data-selectable>
            <TriangleAlert aria-hidden />
            {startUp.refused}
          </p>
        )}
        <div className={styles.zone}>
          <ImageUp aria-hidden className={styles.picture} />
          <p>{t('welcome.drop')}</p>
          <div className={styles.buttons}>
            <Button
              look="primary"
              disabled={busy}
              onClick={() => open(() => chooseAndOpen(client))}
            >
              <FolderOpen aria-hidden />
              {t('welcome.open')}
            </Button>
            <Button disabled={busy} onClick={() => open(() => openSamples(client))}>
              <Images aria-hidden />
              {t('welcome.samples')}
            </Button>
            <Spinner busy={busy} label={t('welcome.opening')} />
          </div>
          <p className={styles.hint}>{t('welcome.samplesHint')}</p>
        </div>
        {recent.length > 0 && (
          <section aria-labelledby="recent">
            <h2 id="recent" className={styles.heading}>
              {t('welcome.recent')}
            </h2>
            <ul className={styles.list}>
              {recent.map((workspace) => (
                <Recent
                  key={workspace.path}
                  {...{ workspace, busy }}
                  onOpen={() => open(() => openFolder(client, workspace.grant))}
                  onForget={() => void forget(client, workspace.grant).catch(showError)}
                />
              ))}
            </ul>
          </section>
        )}
        <p className={styles.version}>
          {t('welcome.version', { version: startUp?.version ?? '' })}
        </p>
      </div>
    </main>
  );
}

interface RecentProps {
  workspace: RecentWorkspace;
  busy: boolean;
  onOpen: () => void;
  onForget: () => void;
}

function Recent({
  workspace: { name, path, exists, opened_ms },
  busy,
  onOpen,
  onForget,
}: RecentProps) {
  const { t } = useTranslation();
  return (
    <li className={styles.recent}>
      <button type="button" className={styles.folder} disabled={!exists || busy} onClick={onOpen}>
        {exists ? <FolderOpen aria-hidden /> : <FolderX aria-hidden />}
        <span className={styles.name}>{name}</span>
        <span className={styles.path}>{path}</span>
        <span className={styles.when}>
          {exists
            ? new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(opened_ms)
            : t('welcome.missing')}
        </span>
      </button>
      <IconButton label={t('welcome.forget', { name })} icon={<X />} onClick={onForget} />
    </li>
  );
}
