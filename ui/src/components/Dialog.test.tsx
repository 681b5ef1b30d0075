import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { Dialog } from './Dialog';
import { TooltipProvider } from './Tooltip';

test('Escape closes a dialog also while the tooltip of its button shows', async () => {
  const user = userEvent.setup();
  const close = vi.fn();
  render(
    <TooltipProvider delay={0}>
      <Dialog open title="Keys" onClose={close}>
        Words
      </Dialog>
    </TooltipProvider>,
  );
  await user.hover(screen.getByRole('button', { name: 'Close' }));
  expect(await screen.findByText('Close')).toBeVisible();
  await user.keyboard('{Escape}');
  expect(close).toHaveBeenCalledTimes(1);
});

test('begins at its first control, or at its text; never at the button that closes it', async () => {
  const { unmount } = render(
    <Dialog open title="Name" onClose={() => {}}>
      <button type="button" disabled>
        Off
      </button>
      <button type="button" tabIndex={-1}>
        Passed over
      </button>
      <input aria-label="Name" />
    </Dialog>,
  );
  await waitFor(() => expect(screen.getByRole('textbox', { name: 'Name' })).toHaveFocus());
  unmount();
  render(
    <Dialog open title="About" onClose={() => {}}>
      Only words
    </Dialog>,
  );
  await waitFor(() => expect(screen.getByText('Only words')).toHaveFocus());
});
