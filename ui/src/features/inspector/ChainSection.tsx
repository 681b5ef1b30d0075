// The chain of operations, as cards.
import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  type UniqueIdentifier,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import {
  SortableContext,
  sortableKeyboardCoordinates,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import { ChevronsDownUp, ChevronsUpDown } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonValue } from '@/api/bindings';
import { useAssets } from '@/api/queries';
import { IconButton } from '@/components/Button';
import { spoken } from '@/components/dragAnnouncements';
import { useStableCallback } from '@/components/useStableCallback';
import { isTable } from '@/documents/applyEdits';
import { useCards } from '@/documents/cards';
import { type GeneratorForm, listOf, type Table } from '@/documents/form';
import { imagesBeside, overlayImage } from '@/documents/images';
import { type OperationSchema, operationsOf } from '@/documents/schema';
import { announce } from '@/state/announce';
import { useSections } from '@/state/sections';
import { generatorKey } from '@/state/view';
import { AddOperation } from './AddOperation';
import styles from './Inspector.module.css';
import { OperationCard } from './OperationCard';
import { Section } from './Section';

/** Initial settings of new operations, so that they are valid and visible. */
const FIRST: Record<string, Table> = {
  resize: { width: 1200 },
  crop: { aspect: '1:1' },
  extend: { aspect: '1:1' },
  pad: { all: 24 },
  text: { text: '{asset.stem}', gravity: 'south-west', x: 24, y: 24 },
  overlay: { gravity: 'south-east', x: 24, y: 24, scale: 0.2 },
  brightness: { amount: 10 },
  contrast: { amount: 10 },
  saturation: { amount: 15 },
  rotate: { angle: 90 },
};

/** The table of a new operation, with its required keys; `image`: what a new overlay shows. */
export function newStep(op: string, schema: OperationSchema | undefined, image = ''): Table {
  const required = (schema?.fields ?? []).filter((field) => field.required);
  const empty = Object.fromEntries(required.map(({ key }) => [key, '']));
  return { op, ...empty, ...FIRST[op], ...(op === 'overlay' ? { image } : {}) };
}

export function ChainSection({ form }: { form: GeneratorForm }) {
  const { t } = useTranslation();
  const { generator } = form.active;
  const operations = useMemo(() => operationsOf(form.schema), [form.schema]);
  const value = listOf(form, 'operations');
  const images = imagesBeside(form.active.file, useAssets());
  const cards = useCards(generatorKey(form.active), value);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const list = useRef<HTMLOListElement>(null);
  const focusCard = (index: number) =>
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-card="${index}"]`)?.focus(),
    );
  const nameOf = (step: JsonValue | undefined) => {
    const op = isTable(step) ? String(step.op) : '?';
    const name = isTable(step) && typeof step.name === 'string' ? step.name : '';
    return name || t(`operations.names.${op}`, op);
  };
  const change = (index: number, key: string, label: string, next: Changed) => {
    const name = `${nameOf(value[index])}: ${label}`;
    void form.set(['operations', index, key], name, next.value, next.gesture);
  };
  const move = (from: number, to: number) => {
    cards.move(from, to);
    announce(t('inspector.chain.moved', { name: nameOf(value[from]), place: to + 1 }));
    void form.edit(t('inspector.chain.moveLabel', { name: nameOf(value[from]), generator }), [
      { kind: 'move', path: form.path('operations'), from, to },
    ]);
  };
  const insert = (index: number, step: JsonValue, label: string) => {
    cards.insert(index, step);
    useSections.getState().set('chain', true);
    void form.edit(label, [{ kind: 'insert', path: form.path('operations'), index, value: step }]);
    focusCard(index);
  };
  const add = (op: string) => {
    const schema = operations.find((one) => one.op === op);
    const name = t(`operations.names.${op}`, op);
    insert(
      value.length,
      newStep(op, schema, overlayImage(images)),
      t('inspector.chain.addLabel', { name, generator }),
    );
  };
  const remove = (index: number) => {
    const name = nameOf(value[index]);
    cards.remove(index);
    void form.edit(t('inspector.chain.removeLabel', { name, generator }), [
      { kind: 'remove', path: form.path('operations', index) },
    ]);
    focusCard(Math.min(index, value.length - 2));
  };
  // An open card is too tall to be dragged past the others.
  const [lifted, setLifted] = useState<string | null>(null);
  const drop = ({ active, over }: DragEndEvent) => {
    setLifted(null);
    const from = cards.ids.indexOf(String(active.id));
    const to = over ? cards.ids.indexOf(String(over.id)) : -1;
    if (from >= 0 && to >= 0 && from !== to) move(from, to);
  };
  const onSet = useStableCallback(
    (
      index: number,
      key: string,
      label: string,
      next: JsonValue | undefined,
      gesture: string | null,
    ) => change(index, key, label, { value: next, gesture }),
  );
  const onMove = useStableCallback((index: number, to: number) => {
    move(index, to);
    focusCard(to);
  });
  const onDuplicate = useStableCallback((index: number) => {
    const step = value[index];
    if (step === undefined) return;
    const label = t('inspector.chain.duplicateLabel', { name: nameOf(step), generator });
    insert(index + 1, step, label);
  });
  const onRemove = useStableCallback(remove);
  const placeOf = (id: UniqueIdentifier) => cards.ids.indexOf(String(id));
  const nameAt = (id: UniqueIdentifier) => nameOf(value[placeOf(id)]);
  const words = spoken({
    instructions: t('inspector.chain.dragKeys'),
    lifted: (id) => t('inspector.chain.lifted', { name: nameAt(id) }),
    over: (id, place) => t('inspector.chain.over', { name: nameAt(id), place: placeOf(place) + 1 }),
    cancelled: (id) => t('inspector.chain.dropped', { name: nameAt(id) }),
  });
  const anyOpen = cards.ids.some((id) => cards.open.has(id));
  return (
    <Section
      name="chain"
      title={t('inspector.sections.chain')}
      summary={value.map(nameOf).join(' → ')}
      extra={
        <IconButton
          className={styles.right}
          label={t(anyOpen ? 'inspector.chain.closeAll' : 'inspector.chain.openAll')}
          icon={anyOpen ? <ChevronsDownUp /> : <ChevronsUpDown />}
          onClick={() => cards.openAll(!anyOpen)}
        />
      }
    >
      {value.length === 0 && <p className={styles.hint}>{t('inspector.chain.empty')}</p>}
      <DndContext
        sensors={sensors}
        collisionDetection={closestCenter}
        accessibility={words}
        onDragStart={({ active }) => setLifted(String(active.id))}
        onDragEnd={drop}
        onDragCancel={() => setLifted(null)}
      >
        <SortableContext items={cards.ids} strategy={verticalListSortingStrategy}>
          <ol ref={list} className={styles.cards} aria-label={t('inspector.sections.chain')}>
            {value.map((step, index) => {
              const id = cards.ids[index] ?? String(index);
              const own: Table = isTable(step) ? step : NO_STEP;
              return (
                <OperationCard
                  key={id}
                  {...{ id, index }}
                  count={value.length}
                  step={own}
                  schema={operations.find(({ op }) => op === own.op)}
                  open={cards.open.has(id) && lifted === null}
                  onOpen={cards.setOpen}
                  onSet={onSet}
                  onMove={onMove}
                  onDuplicate={onDuplicate}
                  onRemove={onRemove}
                />
              );
            })}
          </ol>
        </SortableContext>
      </DndContext>
      <AddOperation operations={operations} onAdd={add} />
    </Section>
  );
}

/** A constant fallback for a value that is no table. */
const NO_STEP: Table = {};

interface Changed {
  value: JsonValue | undefined;
  gesture: string | null;
}
