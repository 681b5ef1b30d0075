// State of the sheet that actions change.
import { create } from 'zustand';

interface SheetState {
  /** The generator whose snippet dialog is open. */
  snippet: { file: string; generator: string } | null;
  /** Increases with each request to retry what failed. */
  retries: number;
}

export const useSheetState = create<SheetState>(() => ({ snippet: null, retries: 0 }));

export const showSnippet = (snippet: SheetState['snippet']) => useSheetState.setState({ snippet });

export const retryFailed = () =>
  useSheetState.setState(({ retries }) => ({ retries: retries + 1 }));
