import { render, screen } from '@testing-library/react';
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
