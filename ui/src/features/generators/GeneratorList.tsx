// The tree of preset files and their generators.
import {
  type CollisionDetection,
  closestCenter,
  DndContext,
  type DragEndEvent,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { SortableContext, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { useQueryClient } from '@tanstack/react-query';
import { ChevronDown, ChevronRight, FilePlus2, FileText, Plus } from 'lucide-react';
import { Fragment, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '@/actions/ActionButton';
import type { PresetFile } from '@/api/bindings';
import { useIsScanning, usePresets } from '@/api/queries';
import { IconButton } from '@/components/Button';
import { unspoken } from '@/components/dragAnnouncements';
import { ContextMenu, Menu, type MenuEntry } from '@/components/Menu';
import {
  addGenerator,
  chooseGenerator,
  deleteGenerator,
  nudgeGenerator,
  reorderGenerator,
  revertFile,
  saveFile,
  startRenaming,
  useNewPreset,
} from '@/documents/generators';
import { startingPoints } from '@/documents/startingPoints';
import { useView } from '@/state/view';
import { GeneratorLine, lineId, Mark } from './GeneratorLine';
import styles from './GeneratorList.module.css';
import { NewPresetDialog } from './NewPresetDialog';
import part from './part.module.css';
import { useApplies } from './useApplies';

export function GeneratorList() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const presets = usePresets();
  const isScanning = useIsScanning();
  const active = useView((view) => view.active);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const tree = useRef<HTMLUListElement>(null);
  // Tab reaches the line of the active generator, or the first.
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

  const applies = useApplies();
  const turn = (file: string, open: boolean) => {
    const next = new Set(closed);
    if (open) next.delete(file);
    else next.add(file);
    setClosed(next);
  };
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 4 } }));
  const drop = ({ active: dragged, over }: DragEndEvent) => {
    const [file, name] = partsOf(dragged.id);
    const names = presets.find((preset) => preset.file === file)?.generators.map((one) => one.name);
    const from = names?.indexOf(name) ?? -1;
    const to = over ? (names?.indexOf(partsOf(over.id)[1]) ?? -1) : -1;
    if (from < 0 || to < 0 || from === to) return;
    void reorderGenerator(client, file, name, names?.[to > from ? to + 1 : to] ?? null);
  };
  const nudge = (file: string, generator: string, by: 1 | -1) => {
    if (!nudgeGenerator(client, file, generator, by)) return;
    // A line that is moved in the page loses the focus.
    requestAnimationFrame(() => {
      const lines = [...(tree.current?.querySelectorAll<HTMLElement>('[data-line]') ?? [])];
      const own = ({ dataset }: HTMLElement) =>
        dataset.file === file && dataset.generator === generator;
      lines.find(own)?.focus();
    });
  };
  const keys = (event: KeyboardEvent<HTMLUListElement>) => {
    const line = (event.target as HTMLElement).closest<HTMLElement>('[data-line]');
    if (!line || event.target instanceof HTMLInputElement) return;
    const lines = [...(tree.current?.querySelectorAll<HTMLElement>('[data-line]') ?? [])];
    const at = lines.indexOf(line);
    const { file = '', generator } = line.dataset;
    if (event.altKey) {
      const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : null;
      if (by === null || generator === undefined) return;
      nudge(file, generator, by);
      event.preventDefault();
      event.stopPropagation();
      return;
    }
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
        if (generator !== undefined) startRenaming(client, file, generator);
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
      <header className={part.header}>
        <h2 id="generators-title" className={part.heading}>
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
      {presets.length === 0 && !isScanning && (
        <div className={styles.nothing}>
          <p>{t('generators.none')}</p>
          <ActionButton id="generators.newFile" look="primary" />
        </div>
      )}
      <DndContext
        sensors={sensors}
        collisionDetection={inFile}
        accessibility={unspoken}
        onDragEnd={drop}
      >
        {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a list that is a tree */}
        <ul ref={tree} role="tree" aria-label={t('generators.title')} onKeyDown={keys}>
          {presets.map((preset) => {
            const { file } = preset;
            const open = !closed.has(file);
            return (
              <Fragment key={file}>
                <FileLine
                  preset={preset}
                  open={open}
                  reached={reached === lineId(file)}
                  onTurn={() => turn(file, !open)}
                />
                <SortableContext
                  items={open ? preset.generators.map(({ name }) => lineId(file, name)) : []}
                  strategy={verticalListSortingStrategy}
                >
                  {open &&
                    preset.generators.map((generator) => (
                      <GeneratorLine
                        key={generator.name}
                        preset={preset}
                        generator={generator}
                        others={presets.filter((one) => one.file !== file && one.trouble === null)}
                        active={active?.file === file && active.generator === generator.name}
                        reached={reached === lineId(file, generator.name)}
                        applies={applies(file, generator.name)}
                        onNudge={(by) => nudge(file, generator.name, by)}
                      />
                    ))}
                </SortableContext>
              </Fragment>
            );
          })}
        </ul>
      </DndContext>
      <NewPresetDialog />
    </section>
  );
}

/** The file and generator of a line's key. */
function partsOf(id: string | number): [file: string, generator: string] {
  const [file = '', generator = ''] = String(id).split('\n');
  return [file, generator];
}

/** Restricts drops to the generator's own file. */
const inFile: CollisionDetection = (now) => {
  const [file] = partsOf(now.active.id);
  const own = now.droppableContainers.filter(({ id }) => partsOf(id)[0] === file);
  return closestCenter({ ...now, droppableContainers: own });
};

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
