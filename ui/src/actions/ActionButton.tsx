// A button for an action, with its label, icon and keys.
import { useQueryClient } from '@tanstack/react-query';
import { Button } from '@/components/Button';
import { Tooltip } from '@/components/Tooltip';
import { keysOf, labelOf, perform } from './perform';
import { actionOf } from './registry';

interface ActionButtonProps {
  id: string;
  look?: 'plain' | 'primary';
}

export function ActionButton({ id, look = 'plain' }: ActionButtonProps) {
  const client = useQueryClient();
  const action = actionOf(id);
  if (!action) return null;
  const label = labelOf(action, { client });
  const Icon = action.icon;
  const keys = keysOf(action);
  const button = (
    <Button look={look} onClick={() => void perform(action, { client })}>
      {Icon && <Icon aria-hidden />}
      {label}
    </Button>
  );
  return keys ? (
    <Tooltip text={label} keys={keys}>
      {button}
    </Tooltip>
  ) : (
    button
  );
}
