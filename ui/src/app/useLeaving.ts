// Handles the wish to close the window, and folders that a second start wants to open: both wait for
// the user where changes cannot be saved.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { onLeave, onOpen } from '@/api/rpc';
import { leave } from '@/documents/leaving';
import { openFolder, openSamples } from '@/features/welcome/open';
import { showError } from '@/state/notices';

export function useLeaving() {
  const client = useQueryClient();
  useEffect(() => {
    const stopLeave = onLeave(() => void leave(client).catch(showError));
    const stopOpen = onOpen((grant) => {
      const opened = grant === null ? openSamples(client) : openFolder(client, grant);
      void opened.catch(showError);
    });
    return () => {
      stopLeave();
      stopOpen();
    };
  }, [client]);
}
