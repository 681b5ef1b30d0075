// A generator in the list, with its menu.

import { useSortable } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Ellipsis, Link2, TriangleAlert, Zap } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GeneratorInfo, PresetFile } from '@/api/bindings';
import { IconButton } from '@/components/Button';
import { ContextMenu, Menu, type MenuEntry } from '@/components/Menu';
import { Tooltip } from '@/components/Tooltip';
import {
  chooseGenerator,
  deleteGenerator,
  duplicateGenerator,
  moveGenerator,
  renameGenerator,
  setEager,
  startRenaming,
  useRenaming,
} from '@/documents/generators';
import { variationsOf } from '@/documents/variations';
import { useDialogs } from '@/state/dialogs';
import styles from './GeneratorList.module.css';

/** The key of a line. */
export const lineId = (file: string, generator?: string) => `${file}\n${generator ?? ''}`;

/** An icon with a label. */
export function Mark({ text, bad = false }: { text: string; bad?: boolean }) {
  return (
    <Tooltip text={text}>
      <span className={bad ? styles.bad : styles.warn} role="img" aria-label={text}>
        <TriangleAlert />
      </span>
    </Tooltip>
  );
}

interface GeneratorLineProps {
  preset: PresetFile;
  generator: GeneratorInfo;
  others: readonly PresetFile[];
  active: boolean;
  reached: boolean;
  /** Whether it applies to the focused asset. */
  applies: boolean;
  onNudge: (by: 1 | -1) => void;
}

export function GeneratorLine(props: GeneratorLineProps) {
  const { preset, generator, others, active, reached, applies, onNudge } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const { file } = preset;
  const { name, description, eager, broken, variations, formats, from } = generator;
  const renaming = useRenaming(({ of }) => of?.file === file && of.generator === name);
  const isInherited = from !== null;
  const sortable = useSortable({ id: lineId(file, name), disabled: renaming || isInherited });
  const at = preset.generators.indexOf(generator);
  const problem =
    preset.problems.find((one) => one.generator === name)?.message ??
    (broken ? t('generators.broken') : null);
  const entries: MenuEntry[] = [
    {
      label: t('generators.rename'),
      keys: 'F2',
      disabled: isInherited,
      perform: () => startRenaming(client, file, name),
    },
    {
      label: t('generators.duplicate'),
      perform: () => void duplicateGenerator(client, file, name),
    },
    {
      label: t(eager ? 'generators.eagerOff' : 'generators.eagerOn'),
      perform: () => void setEager(client, file, name, !eager),
    },
    {
      label: t('generators.export'),
      disabled: broken,
      perform: () => useDialogs.getState().showExport({ generators: [{ file, generator: name }] }),
    },
    'separator',
    {
      label: t('generators.up'),
      icon: <ArrowUp />,
      keys: 'Alt+↑',
      disabled: isInherited || at <= 0,
      perform: () => onNudge(-1),
    },
    {
      label: t('generators.down'),
      icon: <ArrowDown />,
      keys: 'Alt+↓',
      disabled: isInherited || at === preset.generators.length - 1,
      perform: () => onNudge(1),
    },
    ...others.map((other) => ({
      label: t('generators.moveTo', { file: other.file }),
      disabled: isInherited,
      perform: () => void moveGenerator(client, file, name, other.file),
    })),
    'separator',
    {
      label: t('generators.delete'),
      keys: 'Del',
      danger: true,
      disabled: isInherited,
      perform: () => void deleteGenerator(client, file, name),
    },
  ];
  const variants = variationsOf({ variations }).length * Math.max(1, formats.length);
  return (
    <ContextMenu entries={entries}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree hears the keys of its lines */}
      <li
        ref={sortable.setNodeRef}
        {...sortable.listeners}
        role="treeitem"
        aria-level={2}
        // The menu's button is not part of the label.
        aria-label={[
          name,
          eager && t('generators.eager'),
          isInherited && t('generators.from', { from }),
          problem,
          !applies && !broken && t('generators.unmatched'),
        ]
          .filter(Boolean)
          .join(', ')}
        aria-selected={active}
        tabIndex={reached ? 0 : -1}
        data-line
        data-file={file}
        data-generator={name}
        data-broken={broken || undefined}
        data-unmatched={!applies || undefined}
        data-dragged={sortable.isDragging || undefined}
        className={styles.generator}
        style={{
          transform: CSS.Translate.toString(sortable.transform),
          transition: sortable.transition,
        }}
        title={
          [description, !applies && t('generators.unmatched')].filter(Boolean).join('\n') ||
          undefined
        }
        onClick={() => chooseGenerator(file, name)}
        onDoubleClick={() => startRenaming(client, file, name)}
      >
        {renaming ? (
          <NameField file={file} name={name} />
        ) : (
          <span className={styles.name}>{name}</span>
        )}
        {!renaming && variants > 1 && (
          // Decorative: the line's label is the generator's name.
          <span aria-hidden className={styles.count} data-count={variants} />
        )}
        {isInherited && (
          <Tooltip text={t('generators.from', { from })}>
            <span className={styles.from} role="img" aria-label={t('generators.from', { from })}>
              <Link2 />
            </span>
          </Tooltip>
        )}
        {eager && (
          <Tooltip text={t('generators.eager')}>
            <span className={styles.eager} role="img" aria-label={t('generators.eager')}>
              <Zap />
            </span>
          </Tooltip>
        )}
        {problem && <Mark text={problem} />}
        {!renaming && (
          <Menu
            trigger={
              <IconButton
                className={styles.more}
                label={t('generators.more', { name })}
                icon={<Ellipsis />}
                tabIndex={-1}
                onClick={(event) => event.stopPropagation()}
                onDoubleClick={(event) => event.stopPropagation()}
                onPointerDown={(event) => event.stopPropagation()}
              />
            }
            entries={entries}
          />
        )}
      </li>
    </ContextMenu>
  );
}

/** The field for renaming: Enter applies, Escape cancels. */
function NameField({ file, name }: { file: string; name: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [text, setText] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  const settled = useRef(false);
  useEffect(() => {
    const select = () => {
      if (document.activeElement !== field.current) field.current?.select();
    };
    select();
    // A closing menu moves the focus to its line: take it afterwards.
    const timer = setTimeout(() => {
      select();
      settled.current = true;
    }, 80);
    return () => clearTimeout(timer);
  }, []);
  const end = (take: boolean) => {
    if (over.current) return;
    over.current = true;
    const line = field.current?.closest<HTMLElement>('[data-line]');
    useRenaming.setState({ of: null });
    const to = text.trim();
    if (take && to !== '' && to !== name) void renameGenerator(client, file, name, to);
    line?.focus();
  };
  return (
    <input
      ref={field}
      className={styles.field}
      aria-label={t('generators.nameOf', { name })}
      value={text}
      spellCheck={false}
      onChange={(event) => setText(event.target.value)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onBlur={() => settled.current && end(true)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        event.stopPropagation();
        end(event.key === 'Enter');
      }}
    />
  );
}
