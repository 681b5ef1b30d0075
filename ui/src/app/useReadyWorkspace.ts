// Delays showing a workspace until its assets are ready, so that it is laid out and painted once, with
// them in it.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { assetsQuery } from '@/api/queries';

/** The longest wait for the list, in milliseconds. */
const LONGEST_WAIT = 200;

/** The workspace that is ready to be shown; undefined until the first one is. */
export function useReadyWorkspace(workspace: string | null | undefined): string | null | undefined {
  const client = useQueryClient();
  const [ready, setReady] = useState<string | null>();
  useEffect(() => {
    if (!workspace) {
      setReady(workspace);
      return;
    }
    let current = true;
    const show = () => {
      if (current) setReady(workspace);
    };
    const timer = setTimeout(show, LONGEST_WAIT);
    void client.prefetchQuery(assetsQuery).then(show);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, workspace]);
  return ready;
}
