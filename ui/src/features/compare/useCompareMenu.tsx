// The context menu of the compare view.
import { useQueryClient } from '@tanstack/react-query';
import { Maximize, ScanSearch } from 'lucide-react';
import { type MouseEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { variantMenu } from '@/assets/variantMenu';
import type { MenuEntry } from '@/components/Menu';
import { usePreviews } from '@/preview/slots';
import { retryPreview } from '@/preview/usePreview';
import { useView } from '@/state/view';
import { isTrialSlot, slotOf } from './names';
import { useCompare } from './useCompare';

/** `prepare` builds the entries for the pane under the pointer. */
export function useCompareMenu(asset: number) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [entries, setEntries] = useState<readonly MenuEntry[]>([]);
  const prepare = (event: MouseEvent) => {
    const { active, beside, compare } = useView.getState();
    const pane = (event.target as Element).closest<HTMLElement>('[data-pane]')?.dataset.pane;
    const generators = [active, ...(compare === 'many' ? beside : [])];
    const tried = pane && isTrialSlot(pane) ? usePreviews.getState().slots[pane]?.of : null;
    const own = generators.find((one) => one && slotOf(one, active) === pane) ?? active;
    const shown = tried?.active ?? own;
    const slot = tried && pane ? pane : own && slotOf(own, active);
    const hasFailed = slot !== null && usePreviews.getState().slots[slot]?.error != null;
    const render = { retry: true, perform: () => retryPreview(slot ?? '') };
    const { fit, zoomTo } = useCompare.getState();
    setEntries([
      { label: t('compare.menu.fit'), icon: <Maximize />, keys: 'Ctrl+0', perform: fit },
      {
        label: t('compare.menu.whole'),
        icon: <ScanSearch />,
        keys: 'Ctrl+1',
        perform: () => zoomTo(1),
      },
      'separator',
      ...variantMenu(client, {
        ...{ asset, active: shown, edits: tried?.edits },
        ...(hasFailed ? { render } : {}),
      }),
    ]);
  };
  return { entries, prepare };
}
