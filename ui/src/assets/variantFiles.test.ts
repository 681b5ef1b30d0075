import { beforeEach, expect, it, vi } from 'vitest';
import { call, choose, copyPicture } from '@/api/rpc';
import { usePreviews } from '@/preview/slots';
import { useNotices } from '@/state/notices';
import { useSelection } from '@/state/selection';
import { focusCard } from '@/state/sheet';
import { useView } from '@/state/view';
import { copyImage, currentVariant, saveVariant } from './variantFiles';

vi.mock('@/api/rpc', () => ({ call: vi.fn(), choose: vi.fn(), copyPicture: vi.fn() }));

const active = { file: 'web.preset.toml', generator: 'hero', variation: '640', format: 'webp' };
/** With the values that are tried in the inspector, as it is on the screen. */
const variant = { ...active, asset: 7, parameters: { title: 'Hi' }, slot: 'file', draft: false };

beforeEach(() => {
  vi.mocked(call).mockReset();
  useNotices.setState({ notices: [] });
  usePreviews.getState().tryValues(active, { title: 'Hi' });
});
const notices = () => useNotices.getState().notices.map(({ message }) => message);

it('the variant in sight is copied', async () => {
  vi.mocked(copyPicture).mockResolvedValue(undefined);
  await copyImage(7, active);
  expect(copyPicture).toHaveBeenCalledWith(variant);
  expect(notices()).toEqual(['Image copied']);
});

it('it is saved under the name that is chosen, or not at all', async () => {
  vi.mocked(call).mockImplementation(((name: string) =>
    Promise.resolve(
      name === 'variant_name' ? { text: 'dusk-640.webp' } : { id: 'f', path: '/x/dusk.webp' },
    )) as never);
  vi.mocked(choose).mockResolvedValueOnce(null);
  await saveVariant(7, active);
  expect(vi.mocked(call).mock.calls).toEqual([['variant_name', variant]]);

  vi.mocked(choose).mockResolvedValueOnce({ id: 'g', path: '/x/dusk.webp' });
  await saveVariant(7, active);
  expect(choose).toHaveBeenLastCalledWith('variant_file', 'Save Variant As', {
    name: 'dusk-640.webp',
  });
  expect(call).toHaveBeenLastCalledWith('save_variant', { variant, grant: 'g' });
  expect(notices()).toEqual(['Saved /x/dusk.webp']);
});

it('what is in hand is the active generator, or the card of the sheet that has the focus', () => {
  const card = { ...active, variation: '1280' };
  useView.getState().set({ active, current: 'sheet' });
  useSelection.getState().set([7], 7, 7);
  expect(currentVariant()).toEqual({ asset: 7, active });
  focusCard(7, card);
  expect(currentVariant()).toEqual({ asset: 7, active: card });
  useView.getState().set({ current: 'compare' });
  expect(currentVariant()).toEqual({ asset: 7, active });
  // A generator that is chosen later counts, and so does another asset.
  const other = { ...active, generator: 'card' };
  useView.getState().set({ current: 'sheet', active: other });
  expect(currentVariant()).toEqual({ asset: 7, active: other });
  useView.getState().set({ active });
  useSelection.getState().set([8], 8, 8);
  expect(currentVariant()).toEqual({ asset: 8, active });
});
