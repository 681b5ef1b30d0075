// Loads the rows of a report in pages, as they are scrolled into view.
import { useQueries } from '@tanstack/react-query';
import type { RunRow } from '@/api/bindings';
import { runRowsQuery } from '@/api/queries';

/** The number of rows in a page. */
export const PAGE = 100;

/** The pages that contain these rows. */
export function pagesOf(items: readonly { index: number }[]): number[] {
  return [...new Set(items.map(({ index }) => Math.floor(index / PAGE)))];
}

export function useRows(
  report: { id: number; failed: boolean },
  items: readonly { index: number }[],
): (index: number) => RunRow | undefined {
  const pages = pagesOf(items);
  const results = useQueries({
    queries: pages.map((page) => ({
      ...runRowsQuery({ ...report, offset: page * PAGE, limit: PAGE }),
      // No placeholder: the former page is another part of the report.
      placeholderData: undefined,
    })),
  });
  return (index) => {
    const at = pages.indexOf(Math.floor(index / PAGE));
    return results[at]?.data?.rows[index % PAGE];
  };
}
