// Which state of the preset files the sheet's pictures were made from. States of variants change
// all the time while they are rendered; only a change of a preset makes a picture wrong.
import { useEffect } from 'react';
import { create } from 'zustand';
import { onEvents, type StudioEvent } from '@/api/rpc';

interface Revisions {
  /** Rises with changes that may be about every file. */
  all: number;
  /** Rises with each change of one. */
  of: Readonly<Record<string, number>>;
}

const useRevisions = create<Revisions>(() => ({ all: 0, of: {} }));

export function takeRevision(event: StudioEvent) {
  if (event.kind === 'document') {
    const { file } = event;
    useRevisions.setState(({ of }) => ({ of: { ...of, [file]: (of[file] ?? 0) + 1 } }));
  } else if (event.kind === 'presets' || event.kind === 'lost' || event.kind === 'workspace') {
    useRevisions.setState(({ all }) => ({ all: all + 1 }));
  }
}

/** Hears of changes as long as a view needs to. */
export function useHearRevisions() {
  useEffect(() => onEvents((events) => events.forEach(takeRevision)), []);
}

/** Another text for every state of a file. */
export const useRevision = (file: string) =>
  useRevisions(({ all, of }) => `${all} ${of[file] ?? 0}`);
