// Shows changes of a form before the program has applied them, and sends them together.
import { useEffect, useRef, useState } from 'react';

/** Changes are sent after this time without another, in milliseconds. */
const DELAY = 200;

/** Returns the saved values with unsent changes applied, and a function that changes them. */
export function useOptimisticValues<V extends object>(
  saved: V,
  send: (change: Partial<V>) => void,
): [V, (change: Partial<V>) => void] {
  const [changes, setChanges] = useState<Partial<V>>({});
  const unsent = useRef<Partial<V>>({});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(send);
  latest.current = send;
  const flush = useRef(() => {
    clearTimeout(timer.current);
    const change = unsent.current;
    unsent.current = {};
    if (Object.keys(change).length > 0) latest.current(change);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the program keeps is what counts
  useEffect(() => {
    if (Object.keys(unsent.current).length === 0) setChanges({});
  }, [saved]);
  useEffect(() => flush.current, []);
  const set = (change: Partial<V>) => {
    setChanges((former) => ({ ...former, ...change }));
    unsent.current = { ...unsent.current, ...change };
    clearTimeout(timer.current);
    timer.current = setTimeout(flush.current, DELAY);
  };
  return [{ ...saved, ...changes }, set];
}
