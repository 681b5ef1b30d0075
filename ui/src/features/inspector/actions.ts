// Actions of the inspector.
import { Code, GitCompareArrows, Info, Plus } from 'lucide-react';
import type { Action } from '@/actions/types';
import type { Document } from '@/api/bindings';
import { useSections } from '@/state/sections';
import { useSelection } from '@/state/selection';
import { useView } from '@/state/view';
import { useAddOperation } from './AddOperation';
import { useConflictDialog } from './ConflictDialog';

const hasActive = () => useView.getState().active !== null;

export const inspectorActions: Action[] = [
  {
    id: 'inspector.editor',
    icon: Code,
    keys: ['Mod+T'],
    menu: 'view',
    group: 3,
    whileTyping: true,
    once: true,
    enabled: hasActive,
    perform: () => {
      const { editor, set } = useView.getState();
      set({ inspector: true, editor: editor === 'form' ? 'text' : 'form' });
    },
  },
  {
    id: 'inspector.image',
    icon: Info,
    keys: ['I'],
    menu: 'view',
    group: 3,
    enabled: () => useSelection.getState().focus !== null,
    perform: () => {
      const { inspector, editor, set } = useView.getState();
      const isShown = inspector && editor === 'image';
      set({ inspector: true, editor: isShown ? 'form' : 'image' });
    },
  },
  {
    id: 'inspector.addOperation',
    icon: Plus,
    keys: ['Shift+A'],
    menu: 'generator',
    group: 1,
    enabled: hasActive,
    perform: () => {
      useView.getState().set({ inspector: true, editor: 'form' });
      useSections.getState().set('chain', true);
      requestAnimationFrame(() => useAddOperation.getState().set(true));
    },
  },
  {
    id: 'inspector.conflict',
    icon: GitCompareArrows,
    menu: 'file',
    group: 2,
    enabled: ({ client }) => {
      const file = useView.getState().active?.file;
      return client.getQueryData<Document>(['document', file])?.conflict != null;
    },
    perform: () => useConflictDialog.setState({ file: useView.getState().active?.file ?? null }),
  },
];
