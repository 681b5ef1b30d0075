// What was typed but not yet told to the program: told before anything reads or writes it.

type Flush = () => Promise<unknown> | undefined;

const pending = new Set<Flush>();

/** Calls `flush` before documents are saved, undone or exported; until the returned function. */
export function flushBefore(flush: Flush): () => void {
  pending.add(flush);
  return () => pending.delete(flush);
}

/** Tells the program everything that was typed. */
export async function flushAll(): Promise<void> {
  await Promise.all([...pending].map((flush) => flush()));
}
