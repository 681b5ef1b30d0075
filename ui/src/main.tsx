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

// While the program starts: no word waits for its font.
for (const weight of [400, 600]) void document.fonts?.load(`${weight} 12px Inter`);

// Asked for before anything is drawn: the answers come while the window is being built.
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
