// Opens and closes workspaces.
import type { QueryClient } from '@tanstack/react-query';
import type { StartUp, WorkspaceInfo } from '@/api/bindings';
import { startUpQuery } from '@/api/queries';
import { call, choose } from '@/api/rpc';
import { mayLeave } from '@/documents/leaving';
import { useNotices } from '@/state/notices';
import { t } from '@/text';

/** Shows an opened workspace and the notices about it. */
export function opened(client: QueryClient, workspace: WorkspaceInfo) {
  for (const notice of workspace.notices) useNotices.getState().add('warning', notice);
  client.setQueryData(startUpQuery.queryKey, (former: StartUp | undefined) =>
    former ? { ...former, workspace } : former,
  );
}

/** Opens a folder as a workspace, by the id of its grant, unless the user cancels that. */
export async function openFolder(client: QueryClient, grant: string) {
  if (!(await mayLeave(client))) return;
  opened(client, await call('open_workspace', { grant }));
}

/** Lets the user choose a folder, and opens it. */
export async function chooseAndOpen(client: QueryClient) {
  const folder = await choose('workspace', t('welcome.choose'));
  if (folder !== null) await openFolder(client, folder.id);
}

/** Opens the user's copy of the samples, unless the user cancels that. */
export async function openSamples(client: QueryClient) {
  if (!(await mayLeave(client))) return;
  opened(client, await call('open_samples'));
}

/** Closes the workspace, unless the user cancels that; unsaved changes are kept until it is opened again. */
export async function closeWorkspace(client: QueryClient) {
  if (!(await mayLeave(client))) return;
  await call('close_workspace');
  await client.invalidateQueries({ queryKey: startUpQuery.queryKey });
}

/** Removes a workspace from the list of recent ones; the folder is not changed. */
export async function forget(client: QueryClient, grant: string) {
  await call('forget_recent', { grant });
  client.setQueryData(startUpQuery.queryKey, (former: StartUp | undefined) =>
    former ? { ...former, recent: former.recent.filter((one) => one.grant !== grant) } : former,
  );
}
