// State of the sheet that actions change.
import { create } from 'zustand';
import { type ActiveGenerator, useView } from './view';

interface SheetState {
  /** The generator whose snippet dialog is open. */
  snippet: { file: string; generator: string } | null;
  /** Increases with each request to retry what failed. */
  retries: number;
  /** The variant whose card had the focus last, and the generator that was active then. */
  focused: { asset: number; active: ActiveGenerator; beside: ActiveGenerator | null } | null;
}

export const useSheetState = create<SheetState>(() => ({
  snippet: null,
  retries: 0,
  focused: null,
}));

export const showSnippet = (snippet: SheetState['snippet']) => useSheetState.setState({ snippet });

/** Remembers the card that has the focus. */
export const focusCard = (asset: number, active: ActiveGenerator) =>
  useSheetState.setState({ focused: { asset, active, beside: useView.getState().active } });

export const retryFailed = () =>
  useSheetState.setState(({ retries }) => ({ retries: retries + 1 }));
