// Rows of a report by their place: pages are asked for as they come into sight.
import { useQueries } from '@tanstack/react-query';
import type { RunRow } from '@/api/bindings';
import { runRowsQuery } from '@/api/queries';

/** Rows of a page. */
export const PAGE = 100;

/** The pages that hold these places. */
export function pagesOf(items: readonly { index: number }[]): number[] {
  return [...new Set(items.map(({ index }) => Math.floor(index / PAGE)))];
}

export function useRows(
  wanted: { id: number; failed: boolean },
  items: readonly { index: number }[],
): (index: number) => RunRow | undefined {
  const pages = pagesOf(items);
  const results = useQueries({
    queries: pages.map((page) => ({
      ...runRowsQuery({ ...wanted, offset: page * PAGE, limit: PAGE }),
      // The former page is another part of the report.
      placeholderData: undefined,
    })),
  });
  return (index) => {
    const at = pages.indexOf(Math.floor(index / PAGE));
    return results[at]?.data?.rows[index % PAGE];
  };
}
