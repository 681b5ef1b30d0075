// The tree of folders and marks with their counts, flattened to lines.
import type { Asset } from '@/api/bindings';

export interface Folder {
  /** Below the workspace, with forward slashes. */
  path: string;
  name: string;
  /** The number of assets in it and below. */
  count: number;
  folders: Folder[];
}

export interface Tree {
  folders: Folder[];
  marks: { mark: string; count: number }[];
  count: number;
}

/** Builds the tree of folders with assets, and of marks. `assets` are ordered by path. */
export function treeOf(assets: readonly Asset[]): Tree {
  const direct = new Map<string, number>();
  const marks = new Map<string, number>();
  let folder = '';
  let inFolder = 0;
  for (const { path, marks: own } of assets) {
    const length = Math.max(0, path.lastIndexOf('/'));
    // Neighbours are mostly in the same folder.
    if (length !== folder.length || !path.startsWith(folder)) {
      direct.set(folder, (direct.get(folder) ?? 0) + inFolder);
      folder = path.slice(0, length);
      inFolder = 0;
    }
    inFolder += 1;
    for (const mark of own) marks.set(mark, (marks.get(mark) ?? 0) + 1);
  }
  direct.set(folder, (direct.get(folder) ?? 0) + inFolder);
  return {
    folders: nest(direct),
    marks: [...marks].map(([mark, count]) => ({ mark, count })).sort(byMark),
    count: assets.length,
  };
}

const byMark = (a: { mark: string }, b: { mark: string }) => a.mark.localeCompare(b.mark);

function nest(direct: ReadonlyMap<string, number>): Folder[] {
  const roots: Folder[] = [];
  const known = new Map<string, Folder>();
  const folderAt = (path: string): Folder => {
    const found = known.get(path);
    if (found) return found;
    const slash = path.lastIndexOf('/');
    const folder = { path, name: path.slice(slash + 1), count: 0, folders: [] };
    known.set(path, folder);
    (slash < 0 ? roots : folderAt(path.slice(0, slash)).folders).push(folder);
    return folder;
  };
  for (const [path, count] of direct) {
    if (path === '' || count === 0) continue;
    folderAt(path);
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      folderAt(at).count += count;
    }
  }
  const collator = new Intl.Collator('en', { numeric: true });
  const sort = (folders: Folder[]) => {
    folders.sort((a, b) => collator.compare(a.name, b.name));
    for (const { folders: below } of folders) sort(below);
  };
  sort(roots);
  return roots;
}

export interface Line {
  /** `all`, `folder:<path>`, `marks`, `mark:<mark>`. */
  key: string;
  kind: 'all' | 'folder' | 'marks' | 'mark';
  name: string;
  count: number;
  /** From 1. */
  level: number;
  /** Among its siblings, from 1. */
  place: number;
  siblings: number;
  /** Null: it has no children. */
  open: boolean | null;
  /** The key of its parent. */
  parent: string | null;
}

/** The visible lines. */
export function linesOf(tree: Tree, isOpen: (key: string) => boolean): Line[] {
  const lines: Line[] = [];
  const siblings = 1 + tree.folders.length + (tree.marks.length > 0 ? 1 : 0);
  const line = (part: Partial<Line> & Pick<Line, 'key' | 'kind'>) =>
    lines.push({
      name: '',
      count: 0,
      level: 1,
      place: 1,
      siblings,
      open: null,
      parent: null,
      ...part,
    });
  const add = (folders: Folder[], level: number, parent: string | null) => {
    for (const [index, folder] of folders.entries()) {
      const key = `folder:${folder.path}`;
      const open = folder.folders.length > 0 ? isOpen(key) : null;
      line({
        ...{ key, kind: 'folder', name: folder.name, count: folder.count, level, open, parent },
        place: level === 1 ? index + 2 : index + 1,
        siblings: level === 1 ? siblings : folders.length,
      });
      if (open) add(folder.folders, level + 1, key);
    }
  };
  line({ key: 'all', kind: 'all', count: tree.count });
  add(tree.folders, 1, null);
  if (tree.marks.length > 0) {
    const open = isOpen('marks');
    line({ key: 'marks', kind: 'marks', count: tree.marks.length, place: siblings, open });
    for (const [index, { mark, count }] of open ? tree.marks.entries() : []) {
      line({
        ...{ key: `mark:${mark}`, kind: 'mark', name: mark, count, level: 2, parent: 'marks' },
        place: index + 1,
        siblings: tree.marks.length,
      });
    }
  }
  return lines;
}
