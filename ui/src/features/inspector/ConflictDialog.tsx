// Opens the dialog that resolves a preset file changed both here and on disk. Its editor is large, so
// it is loaded only then.
import { lazy, Suspense, useEffect } from 'react';
import { create } from 'zustand';
import { useDocument } from '@/documents/edits';

const Conflict = lazy(() => import('./Conflict'));

/** The preset file whose conflict is being resolved. */
export const useConflictDialog = create<{ file: string | null }>(() => ({ file: null }));

const close = () => useConflictDialog.setState({ file: null });

export function ConflictDialog() {
  const file = useConflictDialog((state) => state.file);
  const document = useDocument(file);
  const conflict = document?.conflict ?? null;
  useEffect(() => {
    // Resolved elsewhere: saved, or the file on disk is as it was.
    if (document && document.file === file && conflict === null) close();
  }, [document, conflict, file]);
  if (!document || file === null || conflict === null) return null;
  return (
    <Suspense fallback={null}>
      <Conflict key={conflict} file={file} theirs={conflict} mine={document.text} onClose={close} />
    </Suspense>
  );
}
