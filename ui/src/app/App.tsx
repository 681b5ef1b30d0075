// The whole window: what it knows is kept fresh, and what is shown follows from the workspace.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Palette } from '@/actions/Palette';
import { Shortcuts } from '@/actions/Shortcuts';
import { useActions } from '@/actions/useActions';
import { startUpQuery } from '@/api/queries';
import { messageOf } from '@/api/rpc';
import { TooltipProvider } from '@/components/Tooltip';
import { Waiting } from '@/components/Waiting';
import { useRunNotices } from '@/features/activity/runNotices';
import { ExportDialog } from '@/features/export/ExportDialog';
import { About } from '@/features/settings/About';
import { Diagnostics } from '@/features/settings/Diagnostics';
import { SettingsDialog } from '@/features/settings/SettingsDialog';
import { Trouble } from '@/features/welcome/Trouble';
import { Welcome } from '@/features/welcome/Welcome';
import { keepSession } from '@/state/session';
import styles from './App.module.css';
import { useActiveGenerator } from './activeGenerator';
import { Boundary } from './Boundary';
import { FileDrop } from './FileDrop';
import { Frame } from './Frame';
import { useFirstAsset } from './firstAsset';
import { useGoneAsset } from './goneAsset';
import { Later } from './Later';
import { Notices } from './Notices';
import { useTheme } from './theme';
import { useListed } from './useListed';

export function App() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: startUp, error } = useQuery(startUpQuery);
  useTheme(startUp?.settings.theme ?? 'system');
  useActions();

  const [restored, setRestored] = useState(false);
  const known = startUp !== undefined;
  useEffect(() => {
    const first = client.getQueryData(startUpQuery.queryKey);
    if (!known || !first) return;
    const stop = keepSession(client, first);
    setRestored(true);
    return stop;
  }, [client, known]);

  const listed = useListed(startUp && (startUp.workspace?.path ?? null));
  if (!startUp || !restored || listed === undefined) {
    if (error) return <Trouble reason={messageOf(error)} mayPass />;
    return (
      <main className={styles.starting}>
        <Waiting busy label={t('welcome.starting')} />
      </main>
    );
  }
  return (
    <TooltipProvider>
      {startUp.trouble !== null ? (
        <Trouble reason={startUp.trouble} />
      ) : startUp.workspace && listed === startUp.workspace.path ? (
        // Another workspace is another window, as far as its parts are concerned.
        <Workspace key={listed} />
      ) : startUp.workspace && listed ? (
        <main className={styles.starting} />
      ) : (
        <Welcome />
      )}
      <Boundary part={t('app.dialog')}>
        <Later>
          <Palette />
          <Shortcuts />
          <SettingsDialog />
          <About />
          <Diagnostics />
          <ExportDialog />
        </Later>
      </Boundary>
      <FileDrop />
      <Notices />
    </TooltipProvider>
  );
}

function Workspace() {
  useActiveGenerator();
  useFirstAsset();
  useGoneAsset();
  useRunNotices();
  return <Frame />;
}
