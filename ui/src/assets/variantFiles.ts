// Copies the picture of a variant, and saves it where the user chooses.
import type { Edit, PreviewArguments } from '@/api/bindings';
import { call, choose, copyPicture } from '@/api/rpc';
import { usePreviews, valuesOf } from '@/preview/slots';
import { flushAll } from '@/state/flush';
import { noticeSaved, useNotices } from '@/state/notices';
import { useSelection } from '@/state/selection';
import { useSheetState } from '@/state/sheet';
import { type ActiveGenerator, useView } from '@/state/view';
import { t } from '@/text';

/**
 * The variant that the focused asset has by the active generator, or that of the sheet that was focused
 * last; null: there is none.
 */
export function currentVariant(): { asset: number; active: ActiveGenerator } | null {
  const { focus } = useSelection.getState();
  const { active, current } = useView.getState();
  const { focused } = useSheetState.getState();
  if (current === 'sheet' && focused?.asset === focus && focused?.beside === active)
    return { asset: focused.asset, active: focused.active };
  return focus !== null && active ? { asset: focus, active } : null;
}

/** The variant as it is shown: with the values and the edits of the preset that the user tries. */
function argumentsOf(
  asset: number,
  active: ActiveGenerator,
  edits: readonly Edit[] = [],
): PreviewArguments {
  const parameters = { ...valuesOf(usePreviews.getState().values, active) };
  const tried = edits.length > 0 ? { edits: [...edits] } : {};
  return { ...active, asset, parameters, slot: 'file', draft: false, ...tried };
}

/** Copies a variant to the clipboard. */
export async function copyImage(asset: number, active: ActiveGenerator, edits?: readonly Edit[]) {
  await flushAll();
  await copyPicture(argumentsOf(asset, active, edits));
  useNotices.getState().add('information', t('variant.copied'));
}

/** Saves a variant under a name that the user chooses in the system's dialog. */
export async function saveVariant(asset: number, active: ActiveGenerator, edits?: readonly Edit[]) {
  await flushAll();
  const variant = argumentsOf(asset, active, edits);
  const { text: name } = await call('variant_name', variant);
  const chosen = await choose('variant_file', t('variant.saveAs'), { name });
  if (chosen) noticeSaved(await call('save_variant', { variant, grant: chosen.id }));
}
