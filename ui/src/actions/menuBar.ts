// Builds the desktop's menu bar from the actions.
import type { Menu, MenuItem, MenuSubmenu } from '@/api/rpc';
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
        actions.filter(
          (action) => action.menu === name && (action.submenu || !action.hidden?.(context)),
        ),
        context,
      ),
    }))
    .filter(({ items }) => items.length > 0);
}

function lines(actions: readonly Action[], context: ActionContext): Menu['items'] {
  const groups = [...new Set(actions.map(({ group = 5 }) => group))].sort((a, b) => a - b);
  return groups.flatMap((current, index) => [
    ...(index > 0 ? [{ kind: 'separator' } as const] : []),
    ...grouped(
      actions.filter(({ group = 5 }) => group === current),
      context,
    ),
  ]);
}

/** The lines of a group; those of a submenu stand in it, where its first one would be. */
function grouped(actions: readonly Action[], context: ActionContext): Menu['items'] {
  const named = new Map<string, MenuSubmenu>();
  return actions.flatMap((action): Menu['items'] => {
    if (!action.submenu) return [line(action, context)];
    const { name } = action.submenu;
    const known = named.get(name);
    const submenu: MenuSubmenu = known ?? {
      kind: 'submenu',
      label: t(`actions.submenus.${name}`),
      items: [],
    };
    named.set(name, submenu);
    if (!action.hidden?.(context)) submenu.items.push(line(action, context));
    return known ? [] : [submenu];
  });
}

function line(action: Action, context: ActionContext): MenuItem {
  return {
    kind: 'action',
    id: action.id,
    // A single & would underline a letter.
    label: (action.submenu?.label(context) ?? labelOf(action, context)).replaceAll('&', '&&'),
    accelerator: (action.keys?.[0] && accelerator(action.keys[0])) || null,
    enabled: isEnabled(action, context),
    checked: action.checked?.(context) ?? null,
  };
}
