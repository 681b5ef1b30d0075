// Builds the desktop's menu bar from the actions.
import type { Menu, MenuItem } from '@/api/rpc';
import { t } from '@/text';
import { accelerator } from './keys';
import { isEnabled, labelOf } from './perform';
import type { Action, ActionContext } from './types';

const bar = ['file', 'edit', 'view', 'generator', 'help'] as const;

/** The current menus, without empty ones. */
export function menus(actions: readonly Action[], context: ActionContext): Menu[] {
  return bar
    .map((name) => ({
      label: t(`actions.menus.${name}`),
      items: lines(
        actions.filter((action) => action.menu === name && !action.hidden?.(context)),
        context,
      ),
    }))
    .filter(({ items }) => items.length > 0);
}

function lines(actions: readonly Action[], context: ActionContext): Menu['items'] {
  const groups = [...new Set(actions.map(({ group = 5 }) => group))].sort((a, b) => a - b);
  return groups.flatMap((current, index) => [
    ...(index > 0 ? [{ kind: 'separator' } as const] : []),
    ...actions.filter(({ group = 5 }) => group === current).map((action) => line(action, context)),
  ]);
}

function line(action: Action, context: ActionContext): MenuItem {
  return {
    kind: 'action',
    id: action.id,
    // A single & would underline a letter.
    label: labelOf(action, context).replaceAll('&', '&&'),
    accelerator: (action.keys?.[0] && accelerator(action.keys[0])) || null,
    enabled: isEnabled(action, context),
  };
}
