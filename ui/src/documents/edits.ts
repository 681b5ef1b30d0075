// Changes of documents on their way to the program.
//
// At most one call is under way for each document. What comes meanwhile waits, and of a drag only
// the newest step does. The form shows a document with all of them made already (`useDocument`);
// where one is refused, those behind it are dropped and the document stands as the program has it.
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { create } from 'zustand';
import type { Document, Edit, JsonValue } from '@/api/bindings';
import { cacheDocument, documentQuery } from '@/api/queries';
import { call } from '@/api/rpc';
import { flushBefore } from '@/state/flush';
import { showError } from '@/state/notices';
import { applyEdits } from './applyEdits';

type Batch = { gesture: string | null; done: ((fine: boolean) => void)[] } & (
  | { kind: 'edits'; edits: Edit[]; label: string }
  | { kind: 'text'; text: string }
);

interface Queue {
  /** The document as it was when the call under way began. */
  base: Document | undefined;
  underWay: Batch | null;
  waiting: Batch[];
}

/** What is on its way, by preset file. */
const usePending = create<{ queues: Record<string, Queue> }>(() => ({ queues: {} }));

const queueOf = (file: string): Queue | undefined => usePending.getState().queues[file];

function setQueue(file: string, queue: Queue | null) {
  usePending.setState(({ queues }) => {
    const { [file]: _, ...others } = queues;
    return { queues: queue ? { ...others, [file]: queue } : others };
  });
}

export interface Change {
  edits: Edit[];
  /** What is done, in words, for 'Undo …'. */
  label: string;
  gesture?: string | null;
}

/** Changes a document by its form; whether it was done. Errors are told. */
export function changeDocument(client: QueryClient, file: string, change: Change) {
  if (change.edits.length === 0) return Promise.resolve(true);
  return new Promise<boolean>((resolve) => {
    const { edits, label, gesture = null } = change;
    add(client, file, { kind: 'edits', edits, label, gesture, done: [resolve] });
  });
}

/** Changes a document by its whole text; whether it was done. Errors are told. */
export function setDocumentText(client: QueryClient, file: string, text: string, gesture: string) {
  return new Promise<boolean>((resolve) => {
    add(client, file, { kind: 'text', text, gesture, done: [resolve] });
  });
}

// Saving, undoing and exporting wait for what is on its way.
flushBefore(() => Promise.all(Object.keys(usePending.getState().queues).map(settled)));

/** Ends when nothing is on its way for the document. */
export async function settled(file: string): Promise<void> {
  while (queueOf(file)) {
    const queue = queueOf(file);
    await new Promise<void>((resolve) => {
      const last = queue?.waiting.at(-1) ?? queue?.underWay;
      if (last) last.done.push(() => resolve());
      else resolve();
    });
  }
}

function add(client: QueryClient, file: string, batch: Batch) {
  const queue = queueOf(file);
  if (!queue) {
    const base = client.getQueryData<Document>(['document', file]);
    setQueue(file, { base, underWay: batch, waiting: [] });
    void send(client, file, batch);
    return;
  }
  const last = queue.waiting.at(-1);
  const merged = last && merge(last, batch);
  const waiting = merged ? [...queue.waiting.slice(0, -1), merged] : [...queue.waiting, batch];
  setQueue(file, { ...queue, waiting });
}

/** Two steps of one gesture as one, where the newer makes the older needless. */
function merge(older: Batch, newer: Batch): Batch | null {
  if (older.gesture === null || older.gesture !== newer.gesture) return null;
  const done = [...older.done, ...newer.done];
  if (older.kind === 'text' && newer.kind === 'text') return { ...newer, done };
  if (older.kind !== 'edits' || newer.kind !== 'edits') return null;
  if (![...older.edits, ...newer.edits].every(({ kind }) => kind === 'set')) return null;
  const places = new Set(newer.edits.map(({ path }) => JSON.stringify(path)));
  const others = older.edits.filter(({ path }) => !places.has(JSON.stringify(path)));
  return { ...newer, edits: [...others, ...newer.edits], done };
}

async function send(client: QueryClient, file: string, batch: Batch) {
  try {
    const document = await run(file, batch);
    cacheDocument(client, document);
    // The client's copy shares what did not change with the former one: that is not drawn again.
    const kept = client.getQueryData<Document>(['document', file]);
    const base = kept?.revision === document.revision ? kept : document;
    const [next, ...waiting] = queueOf(file)?.waiting ?? [];
    setQueue(file, next ? { base, underWay: next, waiting } : null);
    for (const tell of batch.done) tell(true);
    if (next) void send(client, file, next);
  } catch (error) {
    const dropped = queueOf(file)?.waiting ?? [];
    setQueue(file, null);
    showError(error);
    void client.invalidateQueries({ queryKey: ['document', file] });
    for (const { done } of [batch, ...dropped]) for (const tell of done) tell(false);
  }
}

function run(file: string, batch: Batch): Promise<Document> {
  const { gesture } = batch;
  return batch.kind === 'text'
    ? call('set_text', { file, text: batch.text, gesture })
    : call('edit', { file, edits: batch.edits, label: batch.label, gesture });
}

/** The last value of each document that was TOML: the form keeps it while the text is none. */
const lastGood = new Map<string, JsonValue>();

export interface ShownDocument extends Document {
  /** Whether `value` is what the text says: not while the text is no TOML. */
  readable: boolean;
}

/** A document as it will be when all that is on its way is done. */
export function useDocument(file: string | null): ShownDocument | undefined {
  const known = useQuery(documentQuery(file)).data;
  const queue = usePending(({ queues }) => (file === null ? undefined : queues[file]));
  return useMemo(() => {
    const document = queue?.base ?? known;
    if (!document || document.file !== file) return undefined;
    const readable = document.value !== null;
    if (readable) lastGood.set(document.file, document.value);
    const value = document.value ?? lastGood.get(document.file) ?? null;
    if (!queue) return { ...document, readable, value };
    // A text that is on its way is newer than the one that the program answered with.
    const text = textOf(queue) ?? document.text;
    return { ...document, readable, text, value: applyEdits(value, editsOf(queue)) };
  }, [known, queue, file]);
}

const editsOf = ({ underWay, waiting }: Queue): Edit[] =>
  [underWay, ...waiting].flatMap((batch) => (batch?.kind === 'edits' ? batch.edits : []));

const textOf = ({ underWay, waiting }: Queue): string | undefined =>
  [underWay, ...waiting].flatMap((batch) => (batch?.kind === 'text' ? batch.text : [])).at(-1);

let gestures = 0;

/** A name for changes that are undone together. */
export function newGesture(kind: string): string {
  gestures += 1;
  return `${kind}-${gestures}`;
}
