import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { libraryClient } from '@/testing/library';
import { useReadyWorkspace } from './useReadyWorkspace';

const { call } = vi.hoisted(() => ({ call: vi.fn() }));
vi.mock('@/api/rpc', async (original) => ({
  ...(await original<typeof import('@/api/rpc')>()),
  call,
}));

const Probe = ({ workspace }: { workspace: string | null }) => (
  <p>{useReadyWorkspace(workspace) ?? 'none'}</p>
);

afterEach(cleanup);

test('the former page stays until the new workspace can be shown with its images', async () => {
  let answer = (_: object) => {};
  call.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
  const client = libraryClient([]);
  const page = (workspace: string | null) => (
    <QueryClientProvider client={client}>
      <Probe workspace={workspace} />
    </QueryClientProvider>
  );
  const { rerender } = render(page(null));
  expect(await screen.findByText('none')).toBeInTheDocument();
  client.removeQueries({ queryKey: ['assets'] });
  rerender(page('/b'));
  expect(screen.getByText('none')).toBeInTheDocument();
  answer({ assets: [], complete: true });
  await waitFor(() => expect(screen.getByText('/b')).toBeInTheDocument());
});
