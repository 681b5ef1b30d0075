import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { call, choose } from '@/api/rpc';
import { TooltipProvider } from '@/components/Tooltip';
import { mayLeave } from '@/documents/leaving';
import { useNotices } from '@/state/notices';
import { LeaveDialog } from './LeaveDialog';

vi.mock('@/api/rpc', () => ({
  call: vi.fn(),
  choose: vi.fn(),
  closeWindow: vi.fn(),
  isApiError: () => false,
}));

const presets = [
  { file: 'a.preset.toml', reason: 'Can’t save a.preset.toml: /w is read-only.' },
  { file: 'sub/b.preset.toml', reason: 'Can’t save b.preset.toml: /w/sub is read-only.' },
];
let unsavable: unknown;
const calls = () => vi.mocked(call).mock.calls.filter(([name]) => name !== 'unsavable');

beforeEach(() => {
  unsavable = presets;
  vi.mocked(choose).mockReset();
  vi.mocked(call).mockReset();
  vi.mocked(call).mockImplementation(((name: string) =>
    Promise.resolve(name === 'unsavable' ? unsavable : { id: 'f', path: '/copy' })) as never);
});
afterEach(cleanup);

/** Asks; `may` has the answer once there is one. */
function ask(workspace: unknown = { path: '/w' }) {
  const client = new QueryClient();
  client.setQueryData(['start_up'], { workspace });
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <LeaveDialog />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  const asked: { may: boolean | null } = { may: null };
  void mayLeave(client).then((may) => {
    asked.may = may;
  });
  return asked;
}
const press = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

it('asks nothing where all can be saved, or no workspace is open', async () => {
  const none = ask(null);
  await waitFor(() => expect(none.may).toBe(true));
  unsavable = [];
  const asked = ask();
  await waitFor(() => expect(asked.may).toBe(true));
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
});

it('says what cannot be saved and why; Escape keeps everything as it is', async () => {
  const asked = ask();
  const dialog = await screen.findByRole('dialog', {
    name: 'Keep your changes to 2 preset files?',
  });
  for (const { file, reason } of presets) {
    expect(dialog).toHaveTextContent(file);
    expect(dialog).toHaveTextContent(reason);
  }
  await waitFor(() => expect(screen.getByRole('button', { name: 'Save a Copy…' })).toHaveFocus());
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(asked.may).toBe(false));
  expect(calls()).toEqual([]);
});

it('discards all of them', async () => {
  const asked = ask();
  await press('Discard');
  await waitFor(() => expect(asked.may).toBe(true));
  expect(calls()).toEqual(presets.map(({ file }) => ['discard', { file }]));
});

it('saves one copy after another, and leaves once there is none left', async () => {
  vi.mocked(choose).mockResolvedValueOnce({ id: 'g1', path: '/x' }).mockResolvedValueOnce(null);
  const asked = ask();
  await press('Save a Copy…');
  // The second dialog was cancelled: that file is still asked about.
  await screen.findByRole('dialog', { name: 'Keep your changes to b.preset.toml?' });
  expect(asked.may).toBe(null);
  expect(calls()).toEqual([
    ['save_copy', { file: 'a.preset.toml', grant: 'g1' }],
    ['discard', { file: 'a.preset.toml' }],
  ]);
  vi.mocked(choose).mockResolvedValueOnce({ id: 'g2', path: '/y' });
  await press('Save a Copy…');
  await waitFor(() => expect(asked.may).toBe(true));
  expect(vi.mocked(choose).mock.calls.at(-1)).toEqual([
    'preset_copy',
    'Save a Copy of b.preset.toml',
    { name: 'b.preset.toml' },
  ]);
});

it('a copy that fails is told, and nothing is lost', async () => {
  vi.mocked(choose).mockResolvedValue({ id: 'g', path: '/x' });
  const asked = ask();
  await screen.findByRole('dialog');
  vi.mocked(call).mockRejectedValue({ code: 'disk_full', message: 'No space is left.' });
  await press('Save a Copy…');
  await waitFor(() =>
    expect(useNotices.getState().notices).toMatchObject([{ message: 'No space is left.' }]),
  );
  expect(asked.may).toBe(null);
  expect(calls().map(([name]) => name)).toEqual(['save_copy']);
});
