// Renders the variants of the sheet that are on the screen: a few at a time, in the order in which
// they were scrolled into view. Those that leave the screen leave the queue.
import type { Preview, PreviewArguments } from '@/api/bindings';
import { call, isApiError } from '@/api/rpc';

export type VariantArguments = Omit<PreviewArguments, 'slot' | 'draft' | 'parameters'>;

/** At most this many run at once: the workers have other work too. */
export const AT_ONCE = 4;

interface Request {
  variant: VariantArguments;
  onPreview: (preview: Preview) => void;
  onError: (error: unknown) => void;
}

const queue: Request[] = [];
const slots: (Request | null)[] = Array.from({ length: AT_ONCE }, () => null);

/**
 * Renders a variant. The returned function cancels the request: a queued one never runs; the slot
 * of a running one goes to the next request, which replaces it.
 */
export function request(
  variant: VariantArguments,
  onPreview: (preview: Preview) => void,
  onError: (error: unknown) => void,
): () => void {
  const added: Request = { variant, onPreview, onError };
  queue.push(added);
  startNext();
  return () => {
    const waiting = queue.indexOf(added);
    if (waiting >= 0) queue.splice(waiting, 1);
    const slot = slots.indexOf(added);
    if (slot >= 0) slots[slot] = null;
    startNext();
  };
}

function startNext() {
  for (const [slot, running] of slots.entries()) {
    if (running) continue;
    const next = queue.shift();
    if (!next) return;
    slots[slot] = next;
    const { variant } = next;
    const isCurrent = () => slots[slot] === next;
    call('preview', { ...variant, slot: `sheet-${slot}`, draft: false, parameters: {} })
      .then(
        (preview) => isCurrent() && next.onPreview(preview),
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
