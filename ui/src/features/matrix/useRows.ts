// The rows of the matrix that are on the screen, asked for when the scrolling rests.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { MatrixCell, MatrixRow } from '@/api/bindings';
import { matrixQuery } from '@/api/queries';
import { columnKey } from './columns';

/** So long the rows must stay the same, in milliseconds. */
export const REST = 120;

/** The program takes no more at once. */
const MOST = 500;

export type Cells = ReadonlyMap<string, MatrixCell>;

/** Cells by column for every asset that was asked for; the newest answer counts. */
export function useRows(ids: readonly number[]): ReadonlyMap<number, Cells> {
  const [asked, setAsked] = useState<readonly number[]>(() => ids.slice(0, MOST));
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked((former) => (former.join() === ids.join() ? former : ids.slice(0, MOST)));
    }, REST);
    return () => clearTimeout(timer);
  }, [ids]);
  const { data } = useQuery({ ...matrixQuery({ assets: [...asked], files: [] }), gcTime: 30_000 });
  // Rows that were seen before are shown until they are asked for again.
  const known = useRef(new Map<number, { row: MatrixRow; cells: Cells }>()).current;
  for (const row of data?.rows ?? []) {
    if (known.get(row.asset)?.row === row) continue;
    known.set(row.asset, {
      row,
      cells: new Map(row.cells.map((cell) => [columnKey(cell), cell])),
    });
  }
  return new Map(
    [...ids].flatMap((id) => {
      const found = known.get(id);
      return found ? [[id, found.cells] as const] : [];
    }),
  );
}
