// Opening a workspace, from wherever it is asked for.
import type { QueryClient } from '@tanstack/react-query';
import type { StartUp, WorkspaceInfo } from '@/api/bindings';
import { startUpQuery } from '@/api/queries';
import { call, chooseFolder } from '@/api/rpc';
import { flushAll } from '@/state/flush';
import { useNotices } from '@/state/notices';
import { t } from '@/text';

/** Tells what was found on opening, and shows the workspace. */
export function opened(client: QueryClient, workspace: WorkspaceInfo) {
  for (const notice of workspace.notices) useNotices.getState().add('warning', notice);
  client.setQueryData(startUpQuery.queryKey, (former: StartUp | undefined) =>
    former ? { ...former, workspace } : former,
  );
}

/** Opens a folder. */
export async function openFolder(client: QueryClient, path: string) {
  await flushAll();
  opened(client, await call('open_workspace', { path }));
}

/** Asks which folder, and opens it. */
export async function chooseAndOpen(client: QueryClient) {
  const path = await chooseFolder(t('welcome.choose'));
  if (path !== null) await openFolder(client, path);
}

/** Opens the person's own copy of the samples. */
export async function openSamples(client: QueryClient) {
  await flushAll();
  opened(client, await call('open_samples'));
}

/** Closes the workspace; unsaved changes are kept for the next time. */
export async function closeWorkspace(client: QueryClient) {
  await flushAll();
  await call('close_workspace');
  await client.invalidateQueries({ queryKey: startUpQuery.queryKey });
}

/** Takes a workspace off the list of recent ones; the folder stays as it is. */
export async function forget(client: QueryClient, path: string) {
  await call('forget_recent', { path });
  client.setQueryData(startUpQuery.queryKey, (former: StartUp | undefined) =>
    former ? { ...former, recent: former.recent.filter((one) => one.path !== path) } : former,
  );
}
