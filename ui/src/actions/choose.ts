// Finds the action of a key event, without performing it.
import { inDialog, isChoosing, isPressing, isTyping } from './focus';
import { matches, parse } from './keys';
import type { Action, ActionContext } from './types';

/** The action of a key, and whether it is enabled; null: no action has the key. */
export type Found = { action: Action; enabled: boolean } | null;

export function actionFor(
  event: KeyboardEvent,
  actions: readonly Action[],
  context: ActionContext,
): Found {
  if (event.defaultPrevented || event.isComposing || inDialog()) return null;
  const typing = isTyping(event.target);
  const choosing = isChoosing(event.target);
  let off: Action | null = null;
  for (const action of actions) {
    const keys = action.keys?.find((keys) => matches(event, keys));
    if (!keys) continue;
    const { mod, key } = parse(keys);
    const bare = !mod && !/^F\d+$/.test(key);
    if (typing && (bare || !action.whileTyping)) continue;
    if (choosing && bare) continue;
    if ((key === ' ' || key === 'Enter') && bare && isPressing(event.target)) continue;
    if (event.repeat && action.once) return { action, enabled: false };
    if (action.enabled?.(context) !== false) return { action, enabled: true };
    off ??= action;
  }
  return off && { action: off, enabled: false };
}
