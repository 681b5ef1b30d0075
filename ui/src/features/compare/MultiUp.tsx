// Compares several generators side by side; the first pane shows the original.
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { IconButton } from '@/components/Button';
import { useView } from '@/state/view';
import { Board, type BoardTile } from './Board';
import { nameOf, slotOf } from './names';
import type { Size } from './transform';

export function MultiUp({ asset, size }: { asset: Asset; size: Size }) {
  const { t } = useTranslation();
  const { active, beside } = useView();
  const generators = [...(active ? [active] : []), ...beside];
  const tiles = generators.map((one, index): BoardTile => {
    const remove = () =>
      useView.getState().set({ beside: beside.filter((other) => other !== one) });
    return {
      slot: slotOf(one, index === 0 ? one : null),
      name: nameOf(one, generators),
      active: one,
      controls:
        index === 0 && active ? null : (
          <IconButton label={t('compare.remove')} icon={<X />} onClick={remove} />
        ),
    };
  });
  const hint = tiles.length === 0 ? t('compare.noGenerator') : null;
  return <Board {...{ asset, size, tiles, hint }} />;
}
