// Performs actions for keys, menus, palette and buttons.

import { showError } from '@/state/notices';
import { t } from '@/text';
import { spoken } from './keys';
import type { Action, ActionContext } from './types';

/** Performs an action if it is enabled; shows its error. */
export async function perform(action: Action, context: ActionContext): Promise<void> {
  if (!isEnabled(action, context)) return;
  try {
    await action.perform(context);
  } catch (error) {
    showError(error);
  }
}

export const isEnabled = (action: Action, context: ActionContext) =>
  action.enabled?.(context) !== false && !action.hidden?.(context);

/** An action's current label. */
export const labelOf = (action: Action, context: ActionContext) =>
  action.label?.(context) ?? t(`actions.${action.id}`);

/** An action's first key combination, as it is displayed. */
export const keysOf = (action: Action): string | undefined =>
  action.keys?.[0] && spoken(action.keys[0]);
