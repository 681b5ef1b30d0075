// What actions ask of the sheet.
import { create } from 'zustand';

interface SheetState {
  /** The generator whose texts for web pages are shown. */
  snippet: { file: string; generator: string } | null;
  /** Rises with each wish to try again what failed. */
  retries: number;
}

export const useSheetState = create<SheetState>(() => ({ snippet: null, retries: 0 }));

export const showSnippet = (snippet: SheetState['snippet']) => useSheetState.setState({ snippet });

export const retryFailed = () =>
  useSheetState.setState(({ retries }) => ({ retries: retries + 1 }));
