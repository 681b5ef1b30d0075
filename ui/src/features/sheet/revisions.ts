// Counts the changes of preset files, which make rendered pictures out of date. Events about variants'
// states, frequent during rendering, do not count.
import { useEffect } from 'react';
import { create } from 'zustand';
import { onEvents, type StudioEvent } from '@/api/rpc';

interface Revisions {
  /** Increases with changes that may affect every file. */
  all: number;
  /** Increases with each change of a file. */
  of: Readonly<Record<string, number>>;
}

const useRevisions = create<Revisions>(() => ({ all: 0, of: {} }));

export function countRevision(event: StudioEvent) {
  if (event.kind === 'document') {
    const { file } = event;
    useRevisions.setState(({ of }) => ({ of: { ...of, [file]: (of[file] ?? 0) + 1 } }));
  } else if (event.kind === 'presets' || event.kind === 'lost' || event.kind === 'workspace') {
    useRevisions.setState(({ all }) => ({ all: all + 1 }));
  }
}

/** Counts changes while a view is mounted. */
export function useCountRevisions() {
  useEffect(() => onEvents((events) => events.forEach(countRevision)), []);
}

/** A text that differs for every revision of a file. */
export const useRevision = (file: string) =>
  useRevisions(({ all, of }) => `${all} ${of[file] ?? 0}`);
