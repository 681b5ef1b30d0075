// The context menu of the matrix.
import { useQueryClient } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { useState } from 'react';
import type { Asset } from '@/api/bindings';
import { variantMenu } from '@/assets/variantMenu';
import type { MenuEntry } from '@/components/Menu';
import { renderAll } from '@/preview/renderAll';
import { renderMissing } from '@/preview/renderMissing';
import { showError } from '@/state/notices';
import { useSelection } from '@/state/selection';
import { generatorKey } from '@/state/view';
import { count, t } from '@/text';
import type { Cell, Column } from './columns';
import type { Cells } from './useRows';

interface MatrixMenuProps {
  assets: readonly Asset[];
  columns: readonly Column[];
  cellsByAsset: ReadonlyMap<number, Cells>;
  /** Selects the cell that the menu is for. */
  onTarget: (cell: Cell) => void;
}

/** `prepare` selects a cell and builds its entries. */
export function useMatrixMenu({ assets, columns, cellsByAsset, onTarget }: MatrixMenuProps) {
  const client = useQueryClient();
  const [entries, setEntries] = useState<readonly MenuEntry[]>([]);
  const prepare = (where: Cell) => {
    const asset = assets[where.row];
    if (!asset) return;
    // Images that were selected elsewhere stay so, where this is one of them.
    const { ids, set } = useSelection.getState();
    const chosen = ids.has(asset.id) ? [...ids] : [];
    onTarget(where);
    if (chosen.length > 1) set(chosen, asset.id, asset.id);
    const column = columns[where.column];
    const cell = column && cellsByAsset.get(asset.id)?.get(generatorKey(column));
    const isComplete = !cell || cell.ready === cell.total || asset.state.kind === 'unreadable';
    setEntries([
      ...(chosen.length > 1
        ? [
            {
              label: t('variant.menu.selected', { number: count(chosen.length) }),
              icon: <Play />,
              perform: () => renderAll(chosen),
            },
          ]
        : []),
      ...variantMenu(client, {
        asset: asset.id,
        active: cell && column ? { ...generatorOf(column), variation: null, format: null } : null,
        render: isComplete
          ? null
          : {
              retry: cell.state === 'failed',
              perform: () => void renderMissing(asset.id, cell).catch(showError),
            },
      }),
    ]);
  };
  return { entries, prepare };
}

const generatorOf = ({ file, generator }: Column) => ({ file, generator });
