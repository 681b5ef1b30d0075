import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Notices } from '@/app/Notices';
import { useNotices } from '@/state/notices';
import { Dialog } from './Dialog';

const windowWith = (open: boolean) => (
  <>
    <Notices />
    <Dialog open={open} title="Export" onClose={() => {}}>
      Words
    </Dialog>
  </>
);
const add = (...words: Parameters<ReturnType<typeof useNotices.getState>['add']>) =>
  act(() => useNotices.getState().add(...words));
const stack = () => screen.getAllByLabelText('Notices')[0] as HTMLElement;

beforeEach(() => useNotices.setState({ notices: [], hosts: [] }));
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('a notice that arrives while a dialog is open is shown in it, and stays when it closes', () => {
  const { rerender } = render(windowWith(true));
  add('error', 'The disk is full.');
  const notice = within(screen.getByRole('dialog')).getByRole('alert');
  expect(notice).toHaveTextContent('The disk is full.');
  expect(notice.closest('[aria-live]')).not.toBeNull();
  expect(stack()).toBeEmptyDOMElement();
  rerender(windowWith(false));
  expect(within(stack()).getByText('The disk is full.')).toBeVisible();
});

test('an earlier notice waits beneath the dialog until it is closed', () => {
  vi.useFakeTimers();
  const { rerender } = render(windowWith(false));
  add('information', 'Three files were copied.');
  rerender(windowWith(true));
  act(() => vi.advanceTimersByTime(60_000));
  expect(stack()).toHaveTextContent('Three files were copied.');
  expect(screen.getByRole('dialog')).not.toHaveTextContent('Three files');
  // Screen readers still announce notices there.
  expect(stack().closest('[aria-hidden=true]')).toBeNull();
  rerender(windowWith(false));
  act(() => vi.advanceTimersByTime(60_000));
  expect(stack()).toBeEmptyDOMElement();
});

test('a notice that is put away in a dialog leaves the dialog its focus', async () => {
  const user = userEvent.setup();
  render(windowWith(true));
  add('error', 'The disk is full.');
  add('error', 'The other disk is full.');
  const dialog = screen.getByRole('dialog');
  // A dialog takes the focus a moment after it has opened.
  await waitFor(() => expect(dialog).toContainElement(document.activeElement as HTMLElement));
  within(dialog).getAllByRole('button', { name: 'Dismiss' })[0]?.focus();
  await user.keyboard('{Enter}');
  expect(within(dialog).getByRole('button', { name: 'Dismiss' })).toHaveFocus();
  await user.keyboard('{Enter}');
  expect(within(dialog).queryByRole('alert')).toBeNull();
  expect(dialog).toHaveFocus();
});

test('an error is the last to make room', () => {
  for (const [at, level] of (['error', 'warning', 'error', 'error', 'error'] as const).entries()) {
    add(level, `Notice ${at}`);
  }
  add('information', 'The newest');
  expect(useNotices.getState().notices.map(({ message }) => message)).toEqual([
    ...['Notice 2', 'Notice 3', 'Notice 4'],
    'The newest',
  ]);
});
