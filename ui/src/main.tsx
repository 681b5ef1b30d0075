import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { invalidateOnEvents } from '@/api/events';
import { startUpQuery } from '@/api/queries';
import '@/text';
import '@/styles/fonts.css';
import '@/styles/tokens.css';
import '@/styles/base.css';
import { App } from '@/app/App';

const client = new QueryClient({
  defaultOptions: {
    queries: { retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false },
  },
});

// Loads the fonts early, so that no text waits for them.
for (const weight of [400, 600]) void document.fonts?.load(`${weight} 12px Inter`);

// Requested before anything is rendered: the responses arrive while the window is being built.
invalidateOnEvents(client);
void client.prefetchQuery(startUpQuery);

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
