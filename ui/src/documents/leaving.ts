// Asks what becomes of changes that cannot be saved, before the workspace or the window is closed.
import type { QueryClient } from '@tanstack/react-query';
import { create } from 'zustand';
import type { Grant, UnsavablePreset } from '@/api/bindings';
import { presetsQuery, startUpQuery } from '@/api/queries';
import { call, choose, closeWindow } from '@/api/rpc';
import { flushAll } from '@/state/flush';
import { t } from '@/text';

interface Question {
  presets: readonly UnsavablePreset[];
  /** Called once, with whether the workspace may be closed. */
  answer: (may: boolean) => void;
}

/** The question that is open, if any. */
export const useQuestion = create<{ question: Question | null }>(() => ({ question: null }));

/**
 * Sends pending edits. Where there are changes that cannot be saved or kept, asks the user; resolves to
 * whether the workspace may be closed.
 */
export async function mayLeave(client: QueryClient): Promise<boolean> {
  await flushAll();
  if (!client.getQueryData(startUpQuery.queryKey)?.workspace) return true;
  // Where the program cannot say it, no question can be answered either.
  const presets = await call('unsavable').catch(() => []);
  if (presets.length === 0) return true;
  if (useQuestion.getState().question !== null) return false;
  return new Promise((resolve) => {
    const answer = (may: boolean) => {
      useQuestion.setState({ question: null });
      resolve(may);
    };
    useQuestion.setState({ question: { presets, answer } });
  });
}

/** Closes the window, unless the user cancels that. */
export async function leave(client: QueryClient) {
  if (await mayLeave(client)) await closeWindow();
}

/** Discards the changes of these presets. */
export async function discardChanges(client: QueryClient, files: readonly string[]) {
  for (const file of files) await call('discard', { file });
  void client.invalidateQueries({ queryKey: presetsQuery.queryKey });
}

/** Saves a copy of a preset where the user chooses; resolves to it, or to null if cancelled. */
export async function saveCopy(file: string): Promise<Grant | null> {
  await flushAll();
  const name = file.split('/').at(-1) ?? file;
  const chosen = await choose('preset_copy', t('leaving.copyOf', { name }), { name });
  return chosen && call('save_copy', { file, grant: chosen.id });
}
