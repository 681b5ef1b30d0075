import { beforeEach, expect, it, vi } from 'vitest';
import { call, choose, copyPicture } from '@/api/rpc';
import { usePreviews } from '@/preview/slots';
import { useNotices } from '@/state/notices';
import { copyImage, saveVariant } from './variantFiles';

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
