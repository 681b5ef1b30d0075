// Renders what is missing of a generator's variants of an asset.
import { call } from '@/api/rpc';
import { showError } from '@/state/notices';
import type { ActiveGenerator } from '@/state/view';
import { request } from './variantRequests';

type Generator = Pick<ActiveGenerator, 'file' | 'generator'>;

/** Requests all sizes and formats that are not there, also those that failed before. */
export async function renderMissing(asset: number, { file, generator }: Generator) {
  const { variants } = await call('sheet', { asset, files: [file] });
  const missing = variants.filter((one) => one.generator === generator && one.url === null);
  for (const { variation, format } of missing) {
    request({ asset, file, generator, variation, format }, () => {}, showError);
  }
}
