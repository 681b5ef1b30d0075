// Collects all actions: those in this folder, and those in every feature's `actions.ts`.
import { edit } from './edit';
import type { Action } from './types';
import { isOpen, view } from './view';

const features = import.meta.glob<Record<string, unknown>>('../features/*/actions.ts', {
  eager: true,
});

const isAction = (value: unknown): value is Action =>
  typeof value === 'object' && value !== null && 'id' in value && 'perform' in value;

/** The actions that modules export. */
export function collect(modules: readonly Record<string, unknown>[]): Action[] {
  const found = modules.flatMap((exports) => Object.values(exports).filter(Array.isArray).flat());
  return [...new Set(found.filter(isAction))];
}

/** Prefixes of actions that need an open workspace. */
const WITHIN = /^(compare|generators|inspector|library|sheet)\./;

/** Disables the action without a workspace if it needs one. */
export function within(action: Action): Action {
  if (!WITHIN.test(action.id)) return action;
  return {
    ...action,
    enabled: (context) => isOpen(context) && action.enabled?.(context) !== false,
  };
}

/** All actions, in order. */
export const declared: readonly Action[] = [...edit, ...view, ...collect(Object.values(features))];

export const actions: readonly Action[] = declared.map(within);

const byId = new Map(actions.map((action) => [action.id, action]));

export const actionOf = (id: string) => byId.get(id);
