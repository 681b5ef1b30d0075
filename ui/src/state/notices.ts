// What the person is told in passing.
import { create } from 'zustand';
import type { NoticeLevel } from '@/api/bindings';

export interface Notice {
  id: number;
  level: NoticeLevel;
  message: string;
}

/** Notices that are shown at once; older ones make room. */
const MOST = 4;

interface Notices {
  notices: Notice[];
  add: (level: NoticeLevel, message: string) => void;
  dismiss: (id: number) => void;
}

let next = 1;

export const useNotices = create<Notices>((set) => ({
  notices: [],
  add: (level, message) =>
    set(({ notices }) => {
      const others = notices.filter((notice) => notice.message !== message);
      return { notices: [...others, { id: next++, level, message }].slice(-MOST) };
    }),
  dismiss: (id) =>
    set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
}));

/** Tells of a failed command, from a catch. */
export function tellError(error: unknown) {
  const message =
    typeof error === 'object' && error !== null && 'message' in error
      ? String(error.message)
      : String(error);
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code !== 'superseded') useNotices.getState().add('error', message);
}
