// Renders the variants of the sheet that are on the screen: a few at a time, in the order in which
// they were scrolled into view. Those that leave the screen leave the queue.
import type { Preview, PreviewArguments } from '@/api/bindings';
import { call } from '@/api/rpc';
import { requestQueue } from './requestQueue';

export type VariantArguments = Omit<PreviewArguments, 'slot' | 'draft' | 'parameters'>;

/** At most this many run at once: the workers have other work too. */
export const AT_ONCE = 4;

/** Renders a variant. The returned function cancels the request. */
export const request = requestQueue<VariantArguments, Preview>(AT_ONCE, (variant, slot) =>
  call('preview', { ...variant, slot: `sheet-${slot}`, draft: false, parameters: {} }),
);
