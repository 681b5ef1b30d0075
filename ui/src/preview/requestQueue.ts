// A queue of requests to the program: a few run at once, in the order in which they were made.
import { isApiError } from '@/api/rpc';

interface Request<I, R> {
  item: I;
  onReply: (reply: R) => void;
  onError: (error: unknown) => void;
}

/**
 * Makes a queue of which `atOnce` requests run. `send` gets the slot of each, from 0: the program
 * ends the request that had the slot before.
 *
 * The returned function adds a request, and returns a function that cancels it: a queued one never
 * runs; the slot of a running one goes to the next request, which replaces it, or is given to `end`.
 */
export function requestQueue<I, R>(
  atOnce: number,
  send: (item: I, slot: number) => Promise<R>,
  end: (slot: number) => void = () => {},
) {
  const queue: Request<I, R>[] = [];
  const slots: (Request<I, R> | null)[] = Array.from({ length: atOnce }, () => null);

  function startNext() {
    for (const [slot, running] of slots.entries()) {
      if (running) continue;
      const next = queue.shift();
      if (!next) return;
      slots[slot] = next;
      const isCurrent = () => slots[slot] === next;
      send(next.item, slot)
        .then(
          (reply) => isCurrent() && next.onReply(reply),
          (error) => {
            if (!isCurrent()) return;
            // Calls may overtake each other: an older call took the slot and has ended by now.
            if (isApiError(error) && error.code === 'superseded') queue.unshift(next);
            else next.onError(error);
          },
        )
        .finally(() => {
          if (!isCurrent()) return;
          slots[slot] = null;
          startNext();
        });
    }
  }

  return (item: I, onReply: (reply: R) => void, onError: (error: unknown) => void) => {
    const added = { item, onReply, onError };
    queue.push(added);
    startNext();
    return () => {
      const waiting = queue.indexOf(added);
      if (waiting >= 0) queue.splice(waiting, 1);
      const slot = slots.indexOf(added);
      if (slot >= 0) slots[slot] = null;
      startNext();
      if (slot >= 0 && slots[slot] === null) end(slot);
    };
  };
}
