// All actions of the window: those of the frame, and of every feature's `actions.ts`.
import { edit } from './edit';
import type { Action } from './types';
import { view } from './view';

const features = import.meta.glob<Record<string, unknown>>('../features/*/actions.ts', {
  eager: true,
});

const isAction = (value: unknown): value is Action =>
  typeof value === 'object' && value !== null && 'id' in value && 'perform' in value;

/** The actions among what modules export. */
export function collect(modules: readonly Record<string, unknown>[]): Action[] {
  const found = modules.flatMap((exports) => Object.values(exports).filter(Array.isArray).flat());
  return [...new Set(found.filter(isAction))];
}

export const actions: readonly Action[] = [...edit, ...view, ...collect(Object.values(features))];

const byId = new Map(actions.map((action) => [action.id, action]));

export const actionOf = (id: string) => byId.get(id);
