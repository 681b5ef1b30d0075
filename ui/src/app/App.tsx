// The whole window: welcome page, start-up error, or the open workspace.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Palette } from '@/actions/Palette';
import { Shortcuts } from '@/actions/Shortcuts';
import { useActions } from '@/actions/useActions';
import { startUpQuery } from '@/api/queries';
import { messageOf } from '@/api/rpc';
import { Spinner } from '@/components/Spinner';
import { TooltipProvider } from '@/components/Tooltip';
import { useRunNotices } from '@/features/activity/runNotices';
import { ExportDialog } from '@/features/export/ExportDialog';
import { LeaveDialog } from '@/features/leaving/LeaveDialog';
import { About } from '@/features/settings/About';
import { Diagnostics } from '@/features/settings/Diagnostics';
import { SettingsDialog } from '@/features/settings/SettingsDialog';
import { StartupError } from '@/features/welcome/StartupError';
import { Welcome } from '@/features/welcome/Welcome';
import { persistSession } from '@/state/session';
import styles from './App.module.css';
import { useActiveGenerator } from './activeGenerator';
import { DeferredPanels } from './DeferredPanels';
import { ErrorBoundary } from './ErrorBoundary';
import { FileDrop } from './FileDrop';
import { Frame } from './Frame';
import { useInitialAsset } from './initialAsset';
import { useInterfaceScale } from './interfaceScale';
import { Notices } from './Notices';
import { useRemovedAssets } from './removedAssets';
import { TitleTooltips } from './TitleTooltips';
import { useTheme } from './theme';
import { useContextMenus } from './useContextMenus';
import { useLeaving } from './useLeaving';
import { useReadyWorkspace } from './useReadyWorkspace';

export function App() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: startUp, error } = useQuery(startUpQuery);
  useTheme(startUp?.settings.theme ?? 'system');
  useInterfaceScale(startUp?.settings.interface_scale ?? 100);
  useActions();
  useContextMenus();
  useLeaving();

  const [restored, setRestored] = useState(false);
  const known = startUp !== undefined;
  useEffect(() => {
    const first = client.getQueryData(startUpQuery.queryKey);
    if (!known || !first) return;
    const stop = persistSession(client, first);
    setRestored(true);
    return stop;
  }, [client, known]);

  const listed = useReadyWorkspace(startUp && (startUp.workspace?.path ?? null));
  if (!startUp || !restored || listed === undefined) {
    if (error) return <StartupError reason={messageOf(error)} canRetry />;
    return (
      <main className={styles.starting}>
        <Spinner busy label={t('welcome.starting')} />
      </main>
    );
  }
  return (
    <TooltipProvider>
      {startUp.trouble !== null ? (
        <StartupError reason={startUp.trouble} />
      ) : startUp.workspace && listed === startUp.workspace.path ? (
        // Opening another workspace resets the state of all components.
        <Workspace key={listed} />
      ) : startUp.workspace && listed ? (
        <main className={styles.starting}>
          <p role="status">{t('welcome.opening')}</p>
        </main>
      ) : (
        <Welcome />
      )}
      <ErrorBoundary part={t('app.dialog')}>
        <DeferredPanels>
          <Palette />
          <Shortcuts />
          <SettingsDialog />
          <About />
          <Diagnostics />
          <ExportDialog />
        </DeferredPanels>
        <LeaveDialog />
      </ErrorBoundary>
      <FileDrop />
      <Notices />
      <TitleTooltips />
    </TooltipProvider>
  );
}

function Workspace() {
  useActiveGenerator();
  useInitialAsset();
  useRemovedAssets();
  useRunNotices();
  return <Frame />;
}
