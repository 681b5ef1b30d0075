import { Code, RotateCcw } from 'lucide-react';
import type { Action } from '@/actions/types';
import { useSelection } from '@/state/selection';
import { retryFailed, showSnippet } from '@/state/sheet';
import { useView } from '@/state/view';

export const actions: Action[] = [
  {
    id: 'sheet.snippet',
    icon: Code,
    menu: 'generator',
    group: 8,
    enabled: () => useSelection.getState().focus !== null && useView.getState().active !== null,
    perform: () => {
      const { active, set } = useView.getState();
      if (!active) return;
      set({ current: 'sheet' });
      showSnippet({ file: active.file, generator: active.generator });
    },
  },
  {
    id: 'sheet.retry',
    icon: RotateCcw,
    menu: 'generator',
    group: 8,
    enabled: () => useView.getState().current === 'sheet' && useSelection.getState().focus !== null,
    perform: retryFailed,
  },
];
