// Changes settings optimistically.
import type { QueryClient } from '@tanstack/react-query';
import type { Settings, StartUp } from '@/api/bindings';
import { startUpQuery } from '@/api/queries';
import { call } from '@/api/rpc';

/** Sets some of the settings; shows them at once, and restores them if the program refuses. */
export async function changeSettings(client: QueryClient, change: Partial<Settings>) {
  const { settings } = await client.ensureQueryData(startUpQuery);
  const wanted = { ...settings, ...change };
  show(client, wanted);
  try {
    await call('set_settings', wanted);
  } catch (error) {
    await client.invalidateQueries({ queryKey: startUpQuery.queryKey });
    throw error;
  }
}

function show(client: QueryClient, settings: Settings) {
  client.setQueryData(startUpQuery.queryKey, (former: StartUp | undefined) =>
    former ? { ...former, settings } : former,
  );
}
