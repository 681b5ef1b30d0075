// Variants of the sheet that are rendered because somebody looks at them: a few at a time, in the
// order in which they came into sight; what leaves the sheet leaves the queue.
import type { Preview, PreviewArguments } from '@/api/bindings';
import { call, isApiError } from '@/api/rpc';

export type VariantArguments = Omit<PreviewArguments, 'slot' | 'draft' | 'parameters'>;

/** So many at once: the workers are not for the sheet alone. */
export const AT_ONCE = 4;

interface Request {
  variant: VariantArguments;
  take: (preview: Preview) => void;
  fail: (error: unknown) => void;
}

const queue: Request[] = [];
const slots: (Request | null)[] = Array.from({ length: AT_ONCE }, () => null);

/**
 * Renders a variant. The returned function takes the request back: one that waits never runs, and
 * the slot of one that runs is free for the next, which ends it.
 */
export function request(
  variant: VariantArguments,
  take: (preview: Preview) => void,
  fail: (error: unknown) => void,
): () => void {
  const own: Request = { variant, take, fail };
  queue.push(own);
  begin();
  return () => {
    const waiting = queue.indexOf(own);
    if (waiting >= 0) queue.splice(waiting, 1);
    const slot = slots.indexOf(own);
    if (slot >= 0) slots[slot] = null;
    begin();
  };
}

function begin() {
  for (const [slot, running] of slots.entries()) {
    if (running) continue;
    const next = queue.shift();
    if (!next) return;
    slots[slot] = next;
    const { variant } = next;
    const mine = () => slots[slot] === next;
    call('preview', { ...variant, slot: `sheet-${slot}`, draft: false, parameters: {} })
      .then(
        (preview) => mine() && next.take(preview),
        (error) => {
          if (!mine()) return;
          // Calls may overtake each other: the one that took its slot was older, and is over.
          if (isApiError(error) && error.code === 'superseded') queue.unshift(next);
          else next.fail(error);
        },
      )
      .finally(() => {
        if (!mine()) return;
        slots[slot] = null;
        begin();
      });
  }
}
