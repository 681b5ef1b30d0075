// Sends edits that the program does not have yet, before anything reads or writes the documents.

type Flush = () => Promise<unknown> | undefined;

const pending = new Set<Flush>();

/** Calls `flush` before documents are saved, undone or exported, until the returned function is called. */
export function flushBefore(flush: Flush): () => void {
  pending.add(flush);
  return () => pending.delete(flush);
}

/** Sends all pending edits. */
export async function flushAll(): Promise<void> {
  await Promise.all([...pending].map((flush) => flush()));
}
