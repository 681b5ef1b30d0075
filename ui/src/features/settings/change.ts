// Changes settings and shows the change at once.
import type { QueryClient } from '@tanstack/react-query';
import type { Settings, StartUp } from '@/api/bindings';
import { startUpQuery } from '@/api/queries';
import { call } from '@/api/rpc';

/** Sets some of the settings; what the program made of them is what counts. */
export async function changeSettings(client: QueryClient, change: Partial<Settings>) {
  const { settings } = await client.ensureQueryData(startUpQuery);
  const kept = await call('set_settings', { ...settings, ...change });
  client.setQueryData(startUpQuery.queryKey, (former: StartUp | undefined) =>
    former ? { ...former, settings: kept } : former,
  );
}
