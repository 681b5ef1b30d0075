// Loads the rows of the matrix that are on the screen, once scrolling pauses.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { MatrixCell, MatrixRow } from '@/api/bindings';
import { matrixQuery } from '@/api/queries';
import { generatorKey } from '@/state/view';

/** Rows are loaded after this time without scrolling, in milliseconds. */
export const REST = 120;

/** The program's limit for a request. */
const MOST = 500;

export type Cells = ReadonlyMap<string, MatrixCell>;

/** The cells of every loaded asset, by column. */
export function useRows(ids: readonly number[]): ReadonlyMap<number, Cells> {
  const [requested, setRequested] = useState<readonly number[]>(() => ids.slice(0, MOST));
  useEffect(() => {
    const timer = setTimeout(() => {
      setRequested((former) => (former.join() === ids.join() ? former : ids.slice(0, MOST)));
    }, REST);
    return () => clearTimeout(timer);
  }, [ids]);
  const { data } = useQuery({
    ...matrixQuery({ assets: [...requested], files: [] }),
    gcTime: 30_000,
  });
  // Rows that were loaded before are shown until they are loaded again.
  const known = useRef(new Map<number, { row: MatrixRow; cells: Cells }>()).current;
  for (const row of data?.rows ?? []) {
    if (known.get(row.asset)?.row === row) continue;
    known.set(row.asset, {
      row,
      cells: new Map(row.cells.map((cell) => [generatorKey(cell), cell])),
    });
  }
  return new Map(
    [...ids].flatMap((id) => {
      const found = known.get(id);
      return found ? [[id, found.cells] as const] : [];
    }),
  );
}
