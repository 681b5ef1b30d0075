// The preset files and their generators: a tree for the keyboard, with a menu on each line.
import { useQueryClient } from '@tanstack/react-query';
import {
  ChevronDown,
  ChevronRight,
  FilePlus2,
  FileText,
  Plus,
  TriangleAlert,
  Zap,
} from 'lucide-react';
import { Fragment, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GeneratorInfo, PresetFile } from '@/api/bindings';
import { usePresets } from '@/api/queries';
import { IconButton } from '@/components/Button';
import { ContextMenu, Menu, type MenuEntry } from '@/components/Menu';
import { Tooltip } from '@/components/Tooltip';
import { useDialogs } from '@/state/dialogs';
import { useView } from '@/state/view';
import styles from './GeneratorList.module.css';
import {
  addGenerator,
  chooseGenerator,
  deleteGenerator,
  duplicateGenerator,
  moveGenerator,
  renameGenerator,
  revertFile,
  saveFile,
  turnEager,
  useNewPreset,
  useRenaming,
} from './generators';
import { NewPresetDialog } from './NewPresetDialog';
import { startingPoints } from './startingPoints';

export function GeneratorList() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const presets = usePresets();
  const active = useView((view) => view.active);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const tree = useRef<HTMLUListElement>(null);
  // Which line the Tab key reaches: the active generator's, or the first.
  const activeId =
    active && !closed.has(active.file) ? lineId(active.file, active.generator) : null;
  const known = presets.some(
    ({ file, generators }) =>
      file === active?.file && generators.some(({ name }) => name === active.generator),
  );
  const reached = known && activeId ? activeId : presets[0] && lineId(presets[0].file);
  const target = active?.file ?? presets[0]?.file;

  const shown = known ? activeId : null;
  useEffect(() => {
    if (shown === null) return;
    const line = tree.current?.querySelector('[data-line][aria-selected="true"]');
    line?.scrollIntoView({ block: 'nearest' });
  }, [shown]);

  const turn = (file: string, open: boolean) => {
    const next = new Set(closed);
    if (open) next.delete(file);
    else next.add(file);
    setClosed(next);
  };
  const keys = (event: KeyboardEvent<HTMLUListElement>) => {
    const line = (event.target as HTMLElement).closest<HTMLElement>('[data-line]');
    if (!line || event.target instanceof HTMLInputElement) return;
    const lines = [...(tree.current?.querySelectorAll<HTMLElement>('[data-line]') ?? [])];
    const at = lines.indexOf(line);
    const { file = '', generator } = line.dataset;
    const go = (to: HTMLElement | undefined) => {
      if (!to) return;
      to.focus();
      if (to.dataset.generator !== undefined) {
        chooseGenerator(to.dataset.file ?? '', to.dataset.generator);
      }
    };
    const fileLine = () =>
      lines.find((one) => one.dataset.file === file && one.dataset.generator === undefined);
    switch (event.key) {
      case 'ArrowDown':
        go(lines[at + 1]);
        break;
      case 'ArrowUp':
        go(lines[at - 1]);
        break;
      case 'Home':
        go(lines[0]);
        break;
      case 'End':
        go(lines.at(-1));
        break;
      case 'ArrowLeft':
        if (generator !== undefined) fileLine()?.focus();
        else turn(file, false);
        break;
      case 'ArrowRight':
        if (generator === undefined) {
          if (closed.has(file)) turn(file, true);
          else go(lines[at + 1]);
        }
        break;
      case 'Enter':
      case ' ':
        if (generator === undefined) turn(file, closed.has(file));
        else chooseGenerator(file, generator);
        break;
      case 'F2':
        if (generator !== undefined) useRenaming.setState({ of: { file, generator } });
        break;
      case 'Delete':
        if (generator !== undefined) void deleteGenerator(client, file, generator);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <section className={styles.part} aria-labelledby="generators-title">
      <header className={styles.header}>
        <h2 id="generators-title" className={styles.heading}>
          {t('generators.title')}
        </h2>
        <IconButton
          label={t('generators.newFile')}
          icon={<FilePlus2 />}
          onClick={() => useNewPreset.setState({ open: true })}
        />
        <Menu
          trigger={
            <IconButton
              label={t('generators.add')}
              icon={<Plus />}
              disabled={target === undefined}
            />
          }
          entries={addEntries(client, target ?? '', t)}
        />
      </header>
      {presets.length === 0 && <p className={styles.nothing}>{t('generators.none')}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a list that is a tree */}
      <ul ref={tree} role="tree" aria-label={t('generators.title')} onKeyDown={keys}>
        {presets.map((preset) => {
          const open = !closed.has(preset.file);
          return (
            <Fragment key={preset.file}>
              <FileLine
                preset={preset}
                open={open}
                reached={reached === lineId(preset.file)}
                onTurn={() => turn(preset.file, !open)}
              />
              {open &&
                preset.generators.map((generator) => (
                  <GeneratorLine
                    key={generator.name}
                    preset={preset}
                    generator={generator}
                    others={presets.filter(
                      ({ file, trouble }) => file !== preset.file && trouble === null,
                    )}
                    active={active?.file === preset.file && active.generator === generator.name}
                    reached={reached === lineId(preset.file, generator.name)}
                  />
                ))}
            </Fragment>
          );
        })}
      </ul>
      <NewPresetDialog />
    </section>
  );
}

const lineId = (file: string, generator?: string) => `${file}\n${generator ?? ''}`;

type Words = (key: string, values?: Record<string, unknown>) => string;

function addEntries(
  client: ReturnType<typeof useQueryClient>,
  file: string,
  t: Words,
): MenuEntry[] {
  return startingPoints.map((point) => ({
    label: t(`generators.points.${point.name}`),
    perform: () => void addGenerator(client, file, point),
  }));
}

interface FileLineProps {
  preset: PresetFile;
  open: boolean;
  reached: boolean;
  onTurn: () => void;
}

function FileLine({ preset, open, reached, onTurn }: FileLineProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { file, dirty, conflict, trouble, problems } = preset;
  const entries: MenuEntry[] = [
    {
      label: t('generators.save'),
      disabled: !dirty,
      perform: () => void saveFile(client, file),
    },
    {
      label: t('generators.revert'),
      disabled: !dirty,
      perform: () => void revertFile(client, file),
    },
    'separator',
    ...addEntries(client, file, (key, values) =>
      key.startsWith('generators.points.')
        ? t('generators.addPoint', { point: t(key) })
        : t(key, values),
    ),
  ];
  const wrong =
    trouble ?? (problems.length > 0 ? t('generators.problems', { count: problems.length }) : null);
  return (
    <ContextMenu entries={entries}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree hears the keys of its lines */}
      <li
        role="treeitem"
        aria-level={1}
        aria-expanded={open}
        aria-selected={false}
        tabIndex={reached ? 0 : -1}
        data-line
        data-file={file}
        className={styles.file}
        onClick={onTurn}
      >
        {open ? <ChevronDown /> : <ChevronRight />}
        <FileText />
        <span className={styles.name} title={file}>
          {file}
        </span>
        {dirty && (
          <span className={styles.dirty} role="img" aria-label={t('generators.unsaved')}>
            ●
          </span>
        )}
        {conflict && <Mark text={t('generators.conflict')} bad />}
        {wrong && !conflict && <Mark text={wrong} bad={trouble !== null} />}
      </li>
    </ContextMenu>
  );
}

function Mark({ text, bad = false }: { text: string; bad?: boolean }) {
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
}

function GeneratorLine({ preset, generator, others, active, reached }: GeneratorLineProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { file } = preset;
  const { name, description, eager, broken, variations, formats } = generator;
  const renaming = useRenaming(({ of }) => of?.file === file && of.generator === name);
  const problem = broken
    ? (preset.problems.find((one) => one.generator === name)?.message ?? t('generators.broken'))
    : null;
  const entries: MenuEntry[] = [
    {
      label: t('generators.rename'),
      keys: 'F2',
      perform: () => useRenaming.setState({ of: { file, generator: name } }),
    },
    {
      label: t('generators.duplicate'),
      perform: () => void duplicateGenerator(client, file, name),
    },
    {
      label: t(eager ? 'generators.eagerOff' : 'generators.eagerOn'),
      perform: () => void turnEager(client, file, name, !eager),
    },
    {
      label: t('generators.export'),
      disabled: broken,
      perform: () => useDialogs.getState().showExport({ generators: [{ file, generator: name }] }),
    },
    ...(others.length > 0 ? (['separator'] as const) : []),
    ...others.map((other) => ({
      label: t('generators.moveTo', { file: other.file }),
      perform: () => void moveGenerator(client, file, name, other.file),
    })),
    'separator',
    {
      label: t('generators.delete'),
      keys: 'Del',
      danger: true,
      perform: () => void deleteGenerator(client, file, name),
    },
  ];
  const variants = Math.max(1, variations.length) * Math.max(1, formats.length);
  return (
    <ContextMenu entries={entries}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree hears the keys of its lines */}
      <li
        role="treeitem"
        aria-level={2}
        aria-selected={active}
        tabIndex={reached ? 0 : -1}
        data-line
        data-file={file}
        data-generator={name}
        data-broken={broken || undefined}
        className={styles.generator}
        title={description ?? undefined}
        onClick={() => chooseGenerator(file, name)}
        onDoubleClick={() => useRenaming.setState({ of: { file, generator: name } })}
      >
        {renaming ? (
          <NameField file={file} name={name} />
        ) : (
          <span className={styles.name}>{name}</span>
        )}
        {!renaming && variants > 1 && <span className={styles.count}>{variants}</span>}
        {eager && (
          <Tooltip text={t('generators.eager')}>
            <span className={styles.eager} role="img" aria-label={t('generators.eager')}>
              <Zap />
            </span>
          </Tooltip>
        )}
        {problem && <Mark text={problem} />}
      </li>
    </ContextMenu>
  );
}

/** The name while it is typed: Enter takes it, Escape leaves it. */
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
    // A menu that asked for this gives the focus back to its line when it has closed.
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
        event.stopPropagation();
        if (event.key === 'Enter') end(true);
        if (event.key === 'Escape') end(false);
      }}
    />
  );
}
