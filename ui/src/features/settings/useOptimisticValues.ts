// A form that shows a change before the program has taken it, and tells it in one piece.
import { useEffect, useRef, useState } from 'react';

/** A drag tells the program at most this often, in milliseconds. */
const PAUSE = 200;

/** The values with the changes in them, and what changes them. */
export function useOptimisticValues<V extends object>(
  kept: V,
  tell: (change: Partial<V>) => void,
): [V, (change: Partial<V>) => void] {
  const [early, setEarly] = useState<Partial<V>>({});
  const waiting = useRef<Partial<V>>({});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(tell);
  told.current = tell;
  const flush = useRef(() => {
    clearTimeout(timer.current);
    const change = waiting.current;
    waiting.current = {};
    if (Object.keys(change).length > 0) told.current(change);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the program keeps is what counts
  useEffect(() => {
    if (Object.keys(waiting.current).length === 0) setEarly({});
  }, [kept]);
  useEffect(() => flush.current, []);
  const set = (change: Partial<V>) => {
    setEarly((former) => ({ ...former, ...change }));
    waiting.current = { ...waiting.current, ...change };
    clearTimeout(timer.current);
    timer.current = setTimeout(flush.current, PAUSE);
  };
  return [{ ...kept, ...early }, set];
}
