// The columns of the matrix: the generators of all preset files, in the order of the files.
import type { PresetFile } from '@/api/bindings';

export interface Column {
  file: string;
  generator: string;
  description: string | null;
  broken: boolean;
}

export interface Group {
  file: string;
  /** The index of its first column. */
  from: number;
  count: number;
}

export function columnsOf(presets: readonly PresetFile[]): { columns: Column[]; groups: Group[] } {
  const columns: Column[] = [];
  const groups: Group[] = [];
  for (const { file, generators } of presets) {
    if (generators.length === 0) continue;
    groups.push({ file, from: columns.length, count: generators.length });
    for (const { name, description, broken } of generators) {
      columns.push({ file, generator: name, description, broken });
    }
  }
  return { columns, groups };
}

export interface Cell {
  row: number;
  /** -1: the column of the assets. */
  column: number;
}

/** The cell that a key leads to; null: it is not a navigation key. */
export function cellAfter(
  event: { key: string; ctrlKey: boolean },
  { row, column }: Cell,
  { rows, columns, page }: { rows: number; columns: number; page: number },
): Cell | null {
  const at = (wantedRow: number, wantedColumn: number): Cell => ({
    row: Math.max(0, Math.min(rows - 1, wantedRow)),
    column: Math.max(-1, Math.min(columns - 1, wantedColumn)),
  });
  switch (event.key) {
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'ArrowUp':
      return at(row - 1, column);
    case 'ArrowDown':
      return at(row + 1, column);
    case 'PageUp':
      return at(row - Math.max(1, page - 1), column);
    case 'PageDown':
      return at(row + Math.max(1, page - 1), column);
    case 'Home':
      return at(event.ctrlKey ? 0 : row, event.ctrlKey ? column : -1);
    case 'End':
      return at(event.ctrlKey ? rows - 1 : row, event.ctrlKey ? column : columns - 1);
    default:
      return null;
  }
}
