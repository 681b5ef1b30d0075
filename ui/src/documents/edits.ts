// Sends edits of documents to the program, one call at a time for each document.
//
// Edits made during a call wait for it; of a drag only the newest step waits. `useDocument` shows a
// document with all of these edits applied. If the program refuses one, those behind it are dropped and
// the program's document is shown.
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
  /** The document when the running call was sent. */
  base: Document | undefined;
  running: Batch | null;
  waiting: Batch[];
}

/** Unfinished edits, by preset file. */
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
  /** The description for 'Undo …'. */
  label: string;
  gesture?: string | null;
}

/** Applies edits to a document; shows errors, and resolves to whether it was done. */
export function changeDocument(client: QueryClient, file: string, change: Change) {
  if (change.edits.length === 0) return Promise.resolve(true);
  return new Promise<boolean>((resolve) => {
    const { edits, label, gesture = null } = change;
    add(client, file, { kind: 'edits', edits, label, gesture, done: [resolve] });
  });
}

/** Replaces a document's text; shows errors, and resolves to whether it was done. */
export function setDocumentText(client: QueryClient, file: string, text: string, gesture: string) {
  return new Promise<boolean>((resolve) => {
    add(client, file, { kind: 'text', text, gesture, done: [resolve] });
  });
}

// Saving, undoing and exporting wait for unfinished edits.
flushBefore(() => Promise.all(Object.keys(usePending.getState().queues).map(whenSettled)));

/** Resolves when the document has no unfinished edits. */
export async function whenSettled(file: string): Promise<void> {
  while (queueOf(file)) {
    const queue = queueOf(file);
    await new Promise<void>((resolve) => {
      const last = queue?.waiting.at(-1) ?? queue?.running;
      if (last) last.done.push(() => resolve());
      else resolve();
    });
  }
}

function add(client: QueryClient, file: string, batch: Batch) {
  const queue = queueOf(file);
  if (!queue) {
    const base = client.getQueryData<Document>(['document', file]);
    setQueue(file, { base, running: batch, waiting: [] });
    void send(client, file, batch);
    return;
  }
  const last = queue.waiting.at(-1);
  const merged = last && merge(last, batch);
  const waiting = merged ? [...queue.waiting.slice(0, -1), merged] : [...queue.waiting, batch];
  setQueue(file, { ...queue, waiting });
}

/** Merges two steps of a gesture if the newer one overrides the older; null if it does not. */
function merge(older: Batch, newer: Batch): Batch | null {
  if (older.gesture === null || older.gesture !== newer.gesture) return null;
  const done = [...older.done, ...newer.done];
  if (older.kind === 'text' && newer.kind === 'text') return { ...newer, done };
  if (older.kind !== 'edits' || newer.kind !== 'edits') return null;
  if (![...older.edits, ...newer.edits].every(({ kind }) => kind === 'set')) return null;
  const paths = new Set(newer.edits.map(({ path }) => JSON.stringify(path)));
  const others = older.edits.filter(({ path }) => !paths.has(JSON.stringify(path)));
  return { ...newer, edits: [...others, ...newer.edits], done };
}

async function send(client: QueryClient, file: string, batch: Batch) {
  try {
    const document = await run(file, batch);
    cacheDocument(client, document);
    // The cached copy shares its unchanged parts with the former one: they are not rendered again.
    const kept = client.getQueryData<Document>(['document', file]);
    const base = kept?.revision === document.revision ? kept : document;
    const [next, ...waiting] = queueOf(file)?.waiting ?? [];
    setQueue(file, next ? { base, running: next, waiting } : null);
    for (const resolve of batch.done) resolve(true);
    if (next) void send(client, file, next);
  } catch (error) {
    const dropped = queueOf(file)?.waiting ?? [];
    setQueue(file, null);
    showError(error);
    void client.invalidateQueries({ queryKey: ['document', file] });
    for (const { done } of [batch, ...dropped]) for (const resolve of done) resolve(false);
  }
}

function run(file: string, batch: Batch): Promise<Document> {
  const { gesture } = batch;
  return batch.kind === 'text'
    ? call('set_text', { file, text: batch.text, gesture })
    : call('edit', { file, edits: batch.edits, label: batch.label, gesture });
}

/** The last valid value of each document, which the form keeps while the text is invalid. */
const lastGood = new Map<string, JsonValue>();

export interface ShownDocument extends Document {
  /** Whether the text is valid TOML, so that `value` belongs to it. */
  readable: boolean;
}

/** The document with all unfinished edits applied. */
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
    // An unsent text is newer than the program's.
    const text = textOf(queue) ?? document.text;
    // Each call is made whole or refused.
    return { ...document, readable, text, value: callsOf(queue).reduce(applyEdits, value) };
  }, [known, queue, file]);
}

const callsOf = ({ running, waiting }: Queue): Edit[][] =>
  [running, ...waiting].flatMap((batch) => (batch?.kind === 'edits' ? [batch.edits] : []));

const textOf = ({ running, waiting }: Queue): string | undefined =>
  [running, ...waiting].flatMap((batch) => (batch?.kind === 'text' ? batch.text : [])).at(-1);

let gestures = 0;

/** A new name for changes that are undone together. */
export function newGesture(kind: string): string {
  gestures += 1;
  return `${kind}-${gestures}`;
}
