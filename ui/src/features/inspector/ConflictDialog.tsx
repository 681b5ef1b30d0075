// A preset file that was changed here and on disk: whose difference is looked at. The editor that
// shows it is large, and comes when it is needed.
import { lazy, Suspense, useEffect } from 'react';
import { create } from 'zustand';
import { useDocument } from './edits';

const Conflict = lazy(() => import('./Conflict'));

/** Which preset file's conflict is looked at. */
export const useConflictDialog = create<{ file: string | null }>(() => ({ file: null }));

export function ConflictDialog() {
  const file = useConflictDialog((state) => state.file);
  const document = useDocument(file);
  const conflict = document?.conflict ?? null;
  useEffect(() => {
    // Ended elsewhere: saved, or the same on disk again.
    if (document && document.file === file && conflict === null) {
      useConflictDialog.setState({ file: null });
    }
  }, [document, conflict, file]);
  if (!document || file === null || conflict === null) return null;
  return (
    <Suspense fallback={null}>
      <Conflict key={conflict} file={file} theirs={conflict} mine={document.text} />
    </Suspense>
  );
}
