// A workspace is shown once its pictures are listed: then all of it is laid out and painted once,
// with them in it. What takes long is not waited for.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { assetsQuery } from '@/api/queries';

/** So long the list is waited for, in milliseconds. */
const PATIENCE = 200;

/** The workspace that can be shown: the wanted one a moment later; undefined: none was yet. */
export function useReadyWorkspace(wanted: string | null | undefined): string | null | undefined {
  const client = useQueryClient();
  const [listed, setListed] = useState<string | null>();
  useEffect(() => {
    if (!wanted) {
      setListed(wanted);
      return;
    }
    let current = true;
    const show = () => {
      if (current) setListed(wanted);
    };
    const timer = setTimeout(show, PATIENCE);
    void client.prefetchQuery(assetsQuery).then(show);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [client, wanted]);
  return listed;
}
