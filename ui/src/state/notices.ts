// Notices to the user, and where they appear. An open dialog shows the notices that arrive while it
// is open, so that they neither cover its buttons nor hide beneath it.
import { create } from 'zustand';
import type { Grant, NoticeLevel } from '@/api/bindings';
import { reveal } from '@/api/rpc';
import { t } from '@/text';

export interface Notice {
  id: number;
  level: NoticeLevel;
  message: string;
  /** What the notice offers to do. */
  offers: readonly NoticeOffer[];
}

export interface NoticeOffer {
  label: string;
  perform: () => void;
}

/** Most notices at a time; older ones are removed first, errors last. */
const MOST = 4;

/** An open dialog. */
export interface NoticeHost {
  /** The id of the first notice that it shows; infinite: it shows none, they appear when it closes. */
  since: number;
}

interface Notices {
  notices: readonly Notice[];
  /** Open dialogs, the uppermost last. */
  hosts: readonly NoticeHost[];
  add: (level: NoticeLevel, message: string, offers?: readonly NoticeOffer[]) => void;
  dismiss: (id: number) => void;
  /** Registers an opened dialog; `shows`: whether it shows notices. */
  enter: (shows: boolean) => NoticeHost;
  leave: (host: NoticeHost) => void;
}

let next = 1;

export const useNotices = create<Notices>((set) => ({
  notices: [],
  hosts: [],
  add: (level, message, offers = []) =>
    set(({ notices }) => {
      const others = notices.filter((notice) => notice.message !== message);
      return { notices: withRoom([...others, { id: next++, level, message, offers }]) };
    }),
  dismiss: (id) =>
    set(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
  enter: (shows) => {
    const host = { since: shows ? next : Number.POSITIVE_INFINITY };
    set(({ hosts }) => ({ hosts: [...hosts, host] }));
    return host;
  },
  leave: (host) => set(({ hosts }) => ({ hosts: hosts.filter((one) => one !== host) })),
}));

function withRoom(notices: Notice[]): Notice[] {
  const passing = notices.slice(0, -1).find(({ level }) => level !== 'error') ?? notices[0];
  return notices.length > MOST ? notices.filter((notice) => notice !== passing) : notices;
}

/** The uppermost dialog that was open when the notice arrived; null: the window shows the notice. */
export const hostOf = ({ id }: Notice, hosts: readonly NoticeHost[]): NoticeHost | null =>
  hosts.findLast(({ since }) => since <= id) ?? null;

/** Tells that a file was saved, and offers to show it. */
export function noticeSaved(file: Grant) {
  const show = {
    label: t('actions.library.reveal'),
    perform: () => void reveal(file).catch(showError),
  };
  useNotices.getState().add('information', t('actions.file.saved', { file: file.path }), [show]);
}

/** Shows a caught error as a notice. */
export function showError(error: unknown) {
  const message =
    typeof error === 'object' && error !== null && 'message' in error
      ? String(error.message)
      : String(error);
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  if (code !== 'superseded') useNotices.getState().add('error', message);
}
