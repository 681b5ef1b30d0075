// The library's part of the sidebar: folders and marks with their counts.
import { useQueryClient } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  ChevronDown,
  ChevronRight,
  Folder,
  FolderOpen,
  Images,
  Star,
  Tag,
  Upload,
} from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { useAssets } from '@/api/queries';
import { readExportObstacle } from '@/assets/exporting';
import { FAVOURITE } from '@/assets/marks';
import { ContextMenu, type MenuEntry } from '@/components/Menu';
import { useDialogs } from '@/state/dialogs';
import { useView } from '@/state/view';
import { count } from '@/text';
import { type Line, linesOf, treeOf } from './folders';
import styles from './Sidebar.module.css';

const LINE = 24;

interface Openings {
  /** The lines that differ from their initial state. */
  changed: ReadonlySet<string>;
  toggle: (key: string) => void;
}

const useOpenings = create<Openings>((set) => ({
  changed: new Set(),
  toggle: (key) =>
    set(({ changed }) => {
      const next = new Set(changed);
      if (!next.delete(key)) next.add(key);
      return { changed: next };
    }),
}));

/** Initially marks are open and folders are closed. */
const opensAtFirst = (key: string) => key === 'marks';

export function Sidebar() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const assets = useAssets();
  const changed = useOpenings((openings) => openings.changed);
  const tree = useMemo(() => treeOf(assets), [assets]);
  const lines = useMemo(
    () => linesOf(tree, (key) => opensAtFirst(key) !== changed.has(key)),
    [tree, changed],
  );
  const chosen = useChosen();
  const [focus, setFocus] = useState<string | null>(null);
  const at = Math.max(
    0,
    lines.findIndex(({ key }) => key === (focus ?? chosen)),
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 6,
    paddingStart: 4,
    paddingEnd: 4,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus only, not every new list
  useEffect(() => {
    if (focus !== null) virtual.scrollToIndex(at);
  }, [focus]);

  const keyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const line = lines[at];
    const move = (to: number) => {
      const key = lines[Math.max(0, Math.min(lines.length - 1, to))]?.key;
      if (key) setFocus(key);
    };
    const toggle = () => line && useOpenings.getState().toggle(line.key);
    switch (event.key) {
      case 'ArrowDown':
        move(at + 1);
        break;
      case 'ArrowUp':
        move(at - 1);
        break;
      case 'Home':
        move(0);
        break;
      case 'End':
        move(lines.length - 1);
        break;
      case 'ArrowRight':
        if (line?.open === false) toggle();
        else if (line?.open) move(at + 1);
        break;
      case 'ArrowLeft':
        if (line?.open) toggle();
        else if (line?.parent) move(lines.findIndex(({ key }) => key === line.parent));
        break;
      case 'Enter':
      case ' ':
        if (line) go(line);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const [menu, setMenu] = useState<readonly MenuEntry[]>([]);
  const lineAt = (target: EventTarget | null) => {
    const found = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
    return found ? lines[Number(found.dataset.index)] : lines[at];
  };
  const prepare = ({ target }: MouseEvent) => {
    const line = lineAt(target);
    if (line) setFocus(line.key);
    setMenu(line ? entries(line) : []);
  };
  const entries = (line: Line): MenuEntry[] => {
    const show = {
      label: t('library.tree.show'),
      icon: <Images />,
      perform: () => go(line),
    };
    const turn = {
      label: t(line.open ? 'library.tree.close' : 'library.tree.open'),
      icon: line.open ? <ChevronDown /> : <ChevronRight />,
      perform: () => useOpenings.getState().toggle(line.key),
    };
    const exported = {
      label: t('library.tree.export'),
      icon: <Upload />,
      disabled: line.count === 0 || readExportObstacle(client) !== null,
      perform: () => {
        go(line);
        useDialogs.getState().showExport({ assets: 'filtered' });
      },
    };
    if (line.kind === 'marks') return [turn];
    return [show, ...(line.open === null ? [] : [turn]), 'separator', exported];
  };

  return (
    <ContextMenu entries={menu}>
      <div
        ref={scroller}
        onContextMenuCapture={prepare}
        role="tree"
        tabIndex={0}
        className={styles.tree}
        aria-label={t('library.tree.label')}
        aria-activedescendant={lines[at] && lineId(lines[at].key)}
        onKeyDown={keyDown}
        onClick={(event) => {
          const target = event.target instanceof Element ? event.target : null;
          const line = target?.closest('[data-index]') && lineAt(target);
          if (!line) return;
          setFocus(line.key);
          if (target?.closest('[data-arrow]') || line.kind === 'marks') {
            useOpenings.getState().toggle(line.key);
          } else {
            go(line);
          }
        }}
      >
        <div
          role="presentation"
          className={styles.content}
          style={{ height: virtual.getTotalSize() }}
        >
          {virtual.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            return (
              line && (
                <TreeLine
                  key={line.key}
                  {...{ line, index, start }}
                  chosen={line.key === chosen}
                  focused={index === at}
                />
              )
            );
          })}
        </div>
      </div>
    </ContextMenu>
  );
}

const lineId = (key: string) => `library-${key.replace(/\s/g, '\u00a0')}`;

/** The key of the chosen line. */
function useChosen(): string {
  const folder = useView((view) => view.folder);
  const mark = useView((view) => view.mark);
  if (mark !== null) return `mark:${mark}`;
  return folder === '' ? 'all' : `folder:${folder}`;
}

/** Shows the assets of a line. */
function go(line: Line) {
  if (line.kind === 'marks') {
    useOpenings.getState().toggle(line.key);
    return;
  }
  const { current, set } = useView.getState();
  const value = line.key.slice(line.key.indexOf(':') + 1);
  set({
    folder: line.kind === 'folder' ? value : '',
    mark: line.kind === 'mark' ? value : null,
    current: current === 'matrix' ? 'matrix' : 'grid',
  });
}

interface TreeLineProps {
  line: Line;
  index: number;
  start: number;
  chosen: boolean;
  focused: boolean;
}

function TreeLine({ line, index, start, chosen, focused }: TreeLineProps) {
  const { t } = useTranslation();
  const name =
    line.kind === 'all' || line.kind === 'marks'
      ? t(`library.tree.${line.kind}`)
      : line.kind === 'mark' && line.name === FAVOURITE
        ? t('library.tree.favourite')
        : line.name;
  const Icon = {
    all: Images,
    folder: line.open ? FolderOpen : Folder,
    marks: Tag,
    mark: line.name === FAVOURITE ? Star : Tag,
  }[line.kind];
  const number = count(line.count);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names its line
    <div
      id={lineId(line.key)}
      role="treeitem"
      aria-level={line.level}
      aria-posinset={line.place}
      aria-setsize={line.siblings}
      aria-selected={chosen}
      aria-expanded={line.open ?? undefined}
      className={styles.line}
      data-index={index}
      data-focused={focused || undefined}
      style={{ top: start, paddingLeft: 4 + (line.level - 1) * 14 }}
      title={line.kind === 'folder' ? line.key.slice('folder:'.length) : undefined}
    >
      <span className={styles.arrow} data-arrow={line.open === null ? undefined : ''}>
        {line.open !== null && <ChevronRight data-open={line.open} aria-hidden />}
      </span>
      <Icon aria-hidden className={styles.icon} />
      <span className={styles.name}>{`${name} `}</span>
      {line.kind !== 'marks' && <span className={styles.count}>{number}</span>}
    </div>
  );
}
