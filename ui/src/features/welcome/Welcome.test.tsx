import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { StartUp } from '@/api/bindings';
import { call, choose } from '@/api/rpc';
import { useNotices } from '@/state/notices';
import { StartupError } from './StartupError';
import { Welcome } from './Welcome';

vi.mock('@/api/rpc', () => ({ call: vi.fn(), choose: vi.fn(), isApiError: () => false }));

const workspace = {
  path: '/p/new',
  name: 'new',
  samples: false,
  read_only: null,
  notices: ['Mended.'],
};
const startUp = {
  version: '0.1.0',
  workspace: null,
  recent: [
    {
      grant: 'summer',
      path: '/p/summer',
      name: 'summer',
      exists: true,
      open: false,
      opened_ms: 1.7e12,
    },
    { grant: 'gone', path: '/p/gone', name: 'gone', exists: false, open: false, opened_ms: 1.6e12 },
  ],
} as unknown as StartUp;

let client: QueryClient;
const show = (element: React.ReactNode) =>
  render(<QueryClientProvider client={client}>{element}</QueryClientProvider>);
beforeEach(() => {
  client = new QueryClient();
  client.setQueryData(['start_up'], startUp);
  useNotices.setState({ notices: [] });
  vi.mocked(call).mockReset();
});
afterEach(cleanup);

it('opens the folder that is chosen, and tells what was mended in it', async () => {
  vi.mocked(choose).mockResolvedValue({ id: 'new', path: '/p/new' });
  vi.mocked(call).mockResolvedValue(workspace as never);
  show(<Welcome />);
  await userEvent.click(screen.getByRole('button', { name: 'Open Folder…' }));
  expect(call).toHaveBeenCalledWith('open_workspace', { grant: 'new' });
  await waitFor(() => expect(client.getQueryData(['start_up'])).toMatchObject({ workspace }));
  expect(useNotices.getState().notices).toMatchObject([{ level: 'warning', message: 'Mended.' }]);
});

it('does nothing where the dialog is left', async () => {
  vi.mocked(choose).mockResolvedValue(null);
  show(<Welcome />);
  await userEvent.click(screen.getByRole('button', { name: 'Open Folder…' }));
  expect(call).not.toHaveBeenCalled();
  expect(screen.getByRole('button', { name: 'Open Folder…' })).toBeEnabled();
});

it('says why a folder could not be opened', async () => {
  vi.mocked(call).mockRejectedValue({ code: 'system', message: 'No permission to read it.' });
  show(<Welcome />);
  await userEvent.click(screen.getByRole('button', { name: /^summer/ }));
  expect(call).toHaveBeenCalledWith('open_workspace', { grant: 'summer' });
  await waitFor(() =>
    expect(useNotices.getState().notices).toMatchObject([{ message: 'No permission to read it.' }]),
  );
});

it('marks a missing workspace, and removes it', async () => {
  vi.mocked(call).mockResolvedValue({} as never);
  show(<Welcome />);
  const gone = screen.getByRole('button', { name: /^gone.*Folder not found/ });
  expect(gone).toBeDisabled();
  await userEvent.click(screen.getByRole('button', { name: /^Remove gone/ }));
  expect(call).toHaveBeenCalledWith('forget_recent', { grant: 'gone' });
  await waitFor(() => expect(gone).not.toBeInTheDocument());
  expect(screen.getByRole('button', { name: /^summer/ })).toBeInTheDocument();
});

it('says why the folder that was named at the start is not open', () => {
  client.setQueryData(['start_up'], { ...startUp, refused: 'There is no folder /p/lost.' });
  show(<Welcome />);
  expect(screen.getByRole('alert')).toHaveTextContent('There is no folder /p/lost.');
  expect(screen.getByRole('button', { name: 'Open Folder…' })).toBeEnabled();
});

it('opens the samples', async () => {
  vi.mocked(call).mockResolvedValue({ ...workspace, samples: true } as never);
  show(<Welcome />);
  await userEvent.click(screen.getByRole('button', { name: 'Open Sample Workspace' }));
  expect(call).toHaveBeenCalledWith('open_samples');
});

it('says what is in the way where no worker starts', () => {
  show(<StartupError reason="cropmark-worker is not beside the program." />);
  expect(screen.getByRole('alert')).toHaveTextContent('cropmark-worker is not beside the program.');
  expect(screen.getByRole('button', { name: 'Copy Diagnostics' })).toBeEnabled();
  // The program looks for its workers only when it starts.
  expect(screen.queryByRole('button', { name: 'Retry' })).not.toBeInTheDocument();
});

it('offers to ask again where an answer may come', () => {
  show(<StartupError reason="No answer came." canRetry />);
  expect(screen.getByRole('button', { name: 'Retry' })).toBeEnabled();
});
