// What the person is told in passing, and where: a dialog tells what comes while it is open, so
// that nothing lies over its buttons and nothing hides beneath it.
import { create } from 'zustand';
import type { NoticeLevel } from '@/api/bindings';

export interface Notice {
  id: number;
  level: NoticeLevel;
  message: string;
}

/** Notices that are shown at once; older ones make room, errors last. */
const MOST = 4;

/** An open dialog. */
export interface Place {
  /** The first notice that is told in it; infinite: it tells none, and they wait. */
  since: number;
}

interface Notices {
  notices: readonly Notice[];
  /** Open dialogs, the uppermost last. */
  places: readonly Place[];
  add: (level: NoticeLevel, message: string) => void;
  dismiss: (id: number) => void;
  /** A dialog has opened; `tells`: notices have a place in it. */
  enter: (tells: boolean) => Place;
  leave: (place: Place) => void;
}

let next = 1;

export const useNotices = create<Notices>((set) => ({
  notices: [],
  places: [],
  add: (level, message) =>
    set(({ notices }) => {
      const others = notices.filter((notice) => notice.message !== message);
      return { notices: withRoom([...others, { id: next++, level, message }]) };
    }),
  dismiss: (id) =>
    set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
  enter: (tells) => {
    const place = { since: tells ? next : Number.POSITIVE_INFINITY };
    set(({ places }) => ({ places: [...places, place] }));
    return place;
  },
  leave: (place) => set(({ places }) => ({ places: places.filter((one) => one !== place) })),
}));

function withRoom(notices: Notice[]): Notice[] {
  const passing = notices.slice(0, -1).find(({ level }) => level !== 'error') ?? notices[0];
  return notices.length > MOST ? notices.filter((notice) => notice !== passing) : notices;
}

/** Where a notice is told: in the uppermost dialog that was open when it came; null: in the window. */
export const placeOf = ({ id }: Notice, places: readonly Place[]): Place | null =>
  places.findLast(({ since }) => since <= id) ?? null;

/** Tells of a failed command, from a catch. */
export function showError(error: unknown) {
  const message =
    typeof error === 'object' && error !== null && 'message' in error
      ? String(error.message)
      : String(error);
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code !== 'superseded') useNotices.getState().add('error', message);
}
