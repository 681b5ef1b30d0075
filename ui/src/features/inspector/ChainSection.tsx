// The chain: its operations as cards, top to bottom.
import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import {
  SortableContext,
  sortableKeyboardCoordinates,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import { ChevronsDownUp, ChevronsUpDown } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonValue } from '@/api/bindings';
import { IconButton } from '@/components/Button';
import { announce } from '@/state/announce';
import { AddOperation } from '../operations/AddOperation';
import { OperationCard } from '../operations/OperationCard';
import { type OperationSchema, operationsOf } from '../operations/schema';
import { useStable } from '../operations/useStable';
import { isTable } from './applyEdits';
import type { GeneratorForm, Table } from './form';
import styles from './Inspector.module.css';
import { Section, useSections } from './Section';

/** What a new operation begins with, so that it can be seen and is right. */
const FIRST: Record<string, Table> = {
  resize: { width: 1200 },
  crop: { aspect: '1:1' },
  extend: { aspect: '1:1' },
  pad: { all: 24 },
  text: { text: '{asset.stem}', gravity: 'south-west', x: 24, y: 24 },
  overlay: { image: '', gravity: 'south-east', x: 24, y: 24, scale: 0.2 },
  brightness: { amount: 10 },
  contrast: { amount: 10 },
  saturation: { amount: 15 },
  rotate: { angle: 90 },
};

/** The table of a new operation, with what must not be left out. */
export function newStep(op: string, schema: OperationSchema | undefined): Table {
  const required = (schema?.fields ?? []).filter((field) => field.required);
  const empty = Object.fromEntries(required.map(({ key }) => [key, '']));
  return { op, ...empty, ...FIRST[op] };
}

export function ChainSection({ form }: { form: GeneratorForm }) {
  const { t } = useTranslation();
  const { generator } = form.active;
  const operations = useMemo(() => operationsOf(form.schema), [form.schema]);
  const value = Array.isArray(form.own.operations) ? form.own.operations : [];
  const cards = useCards(form.active.file, generator, value.length);
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
    cards.insert(index);
    useSections.getState().set('chain', true);
    void form.edit(label, [{ kind: 'insert', path: form.path('operations'), index, value: step }]);
    focusCard(index);
  };
  const add = (op: string) => {
    const schema = operations.find((one) => one.op === op);
    const name = t(`operations.names.${op}`, op);
    insert(value.length, newStep(op, schema), t('inspector.chain.addLabel', { name, generator }));
  };
  const remove = (index: number) => {
    const name = nameOf(value[index]);
    cards.remove(index);
    void form.edit(t('inspector.chain.removeLabel', { name, generator }), [
      { kind: 'remove', path: form.path('operations', index) },
    ]);
    focusCard(Math.min(index, value.length - 2));
  };
  const drop = ({ active, over }: DragEndEvent) => {
    const from = cards.ids.indexOf(String(active.id));
    const to = over ? cards.ids.indexOf(String(over.id)) : -1;
    if (from >= 0 && to >= 0 && from !== to) move(from, to);
  };
  const onSet = useStable(
    (
      index: number,
      key: string,
      label: string,
      next: JsonValue | undefined,
      gesture: string | null,
    ) => change(index, key, label, { value: next, gesture }),
  );
  const onMove = useStable((index: number, to: number) => {
    move(index, to);
    focusCard(to);
  });
  const onDuplicate = useStable((index: number) => {
    const step = value[index];
    if (step === undefined) return;
    const label = t('inspector.chain.duplicateLabel', { name: nameOf(step), generator });
    insert(index + 1, step, label);
  });
  const onRemove = useStable(remove);
  const anyOpen = cards.open.size > 0;
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
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop}>
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
                  open={cards.open.has(id)}
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

/** In place of what is no table, and always the same one. */
const NO_STEP: Table = {};

interface Changed {
  value: JsonValue | undefined;
  gesture: string | null;
}

let made = 0;
const newId = () => {
  made += 1;
  return `card-${made}`;
};

/** Cards keep their identity when they move, which the file's list does not give them. */
function useCards(file: string, generator: string, count: number) {
  const [ids, setIds] = useState<string[]>(() => Array.from({ length: count }, newId));
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const of = useRef('');
  const subject = `${file}\n${generator}`;
  // Undo and the text change the list as well: what came or went at the end is followed.
  const right = of.current === subject && ids.length === count;
  const now = useMemo(() => {
    if (right) return ids;
    const kept = of.current === subject ? ids.slice(0, count) : [];
    return [...kept, ...Array.from({ length: count - kept.length }, newId)];
  }, [right, ids, subject, count]);
  useEffect(() => {
    of.current = subject;
    if (!right) setIds(now);
  }, [subject, right, now]);
  const turn = useCallback(
    (id: string, isOpen: boolean) =>
      setOpen((former) => {
        const next = new Set(former);
        if (isOpen) next.add(id);
        else next.delete(id);
        return next;
      }),
    [],
  );
  return {
    ids: now,
    open,
    setOpen: turn,
    openAll: (isOpen: boolean) => setOpen(new Set(isOpen ? now : [])),
    insert: (index: number) => {
      const id = newId();
      setIds([...now.slice(0, index), id, ...now.slice(index)]);
      setOpen((former) => new Set([...former, id]));
    },
    move: (from: number, to: number) => {
      const others = now.filter((_, index) => index !== from);
      setIds([...others.slice(0, to), now[from] ?? newId(), ...others.slice(to)]);
    },
    remove: (index: number) => setIds(now.filter((_, place) => place !== index)),
  };
}
