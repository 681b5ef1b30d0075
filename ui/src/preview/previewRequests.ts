// When a place asks for its preview, and which answers it shows. No React in here.
//
// One request is under way at a time. A newer wish waits for a short while, so that a slider's
// drag shows steps on its way, and then takes the older one back. An answer is shown only if no
// newer one was there before it, and only once its picture is loaded.
import type { Preview, PreviewArguments } from '@/api/bindings';
import { isApiError, messageOf } from '@/api/rpc';
import { type ActiveGenerator, sameGenerator } from '@/state/view';
import type { PreviewSlot } from './slots';

/** How long a request may hold up a newer wish, in milliseconds. */
export const PATIENCE = 350;
/** How long nothing must change before the real one follows a quick look. */
export const QUIET = 250;

export interface Wish {
  asset: number;
  active: ActiveGenerator;
  parameters: Record<string, string>;
  /** Changes with whatever else the result follows from. */
  stamp: string;
  /** Whether the real one takes long, so that a quick look comes first. */
  slow: boolean;
}

export interface PreviewDoors {
  ask: (wanted: PreviewArguments) => Promise<Preview>;
  /** Loads a picture; whether the window can draw it. */
  load: (url: string) => Promise<boolean>;
  tell: (change: Partial<PreviewSlot>) => void;
}

interface Request {
  wish: Wish;
  draft: boolean;
  /** Rises with each request of the slot. */
  turn: number;
  began: number;
}

export interface PreviewRequests {
  want: (wish: Wish | null) => void;
  retry: () => void;
  /** Forgets what is on its way. */
  stop: () => void;
}

export function previewRequests(slot: string, doors: PreviewDoors): PreviewRequests {
  let wish: Wish | null = null;
  let key = '';
  let turns = 0;
  let answered = 0;
  let loaded = 0;
  let underWay: Request | null = null;
  let shown: { wish: Wish; url: string } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = (milliseconds: number, perform: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(perform, milliseconds);
  };

  function want(wanted: Wish | null) {
    const wantedKey = wanted ? keyOf(wanted) : '';
    if (wantedKey === key) return;
    const former = wish;
    [wish, key] = [wanted, wantedKey];
    if (!wanted) {
      stop();
      doors.tell({ shown: null, of: null, current: false, busy: false, error: null });
      return;
    }
    const another = shown !== null && shown.wish.asset !== wanted.asset;
    if (another) shown = null;
    doors.tell({
      current: false,
      busy: true,
      error: null,
      ...(another ? { shown: null, of: null } : {}),
    });
    const same =
      former?.asset === wanted.asset && sameVariant(former.active, wanted.active) ? underWay : null;
    // A long encoding is not worth the wait: a quick look at the newer wish is.
    const worthIt = same && (same.draft || !same.wish.slow);
    const waits = worthIt ? same.began + PATIENCE - performance.now() : 0;
    if (waits > 0) later(waits, () => send(wanted.slow));
    else send(wanted.slow);
  }

  function send(draft: boolean) {
    clearTimeout(timer);
    if (!wish) return;
    turns += 1;
    const request: Request = { wish, draft, turn: turns, began: performance.now() };
    underWay = request;
    const { asset, active, parameters } = wish;
    doors.ask({ slot, asset, ...active, draft, parameters }).then(
      (preview) => take(request, preview),
      (error: unknown) => fail(request, error),
    );
  }

  /** Whether the answered request is the last one; the wish that waited for it is sent. */
  function goOn(request: Request): boolean {
    if (underWay === request) {
      underWay = null;
      if (request.wish !== wish && wish) send(wish.slow);
    }
    return request.wish === wish && request.turn === turns;
  }

  function take(request: Request, preview: Preview) {
    const wanted = goOn(request);
    if (request.turn < answered || request.wish.asset !== wish?.asset) return;
    answered = request.turn;
    const real = !preview.draft;
    if (wanted && !real) later(QUIET, () => send(false));
    const show = (drawable: boolean) => {
      if (request.turn < loaded || request.wish.asset !== wish?.asset) return;
      loaded = request.turn;
      shown = { wish: request.wish, url: preview.url };
      const current = request.wish === wish;
      doors.tell({
        shown: preview,
        of: { asset: request.wish.asset, active: request.wish.active },
        drawable,
        current,
        busy: !(current && real),
        ...(current ? { error: null } : {}),
      });
    };
    if (preview.url === shown?.url) show(true);
    else void doors.load(preview.url).then(show);
  }

  function fail(request: Request, error: unknown) {
    const wanted = goOn(request);
    if (!wanted || (isApiError(error) && error.code === 'superseded')) return;
    // A picture that is still being loaded comes too late.
    [answered, loaded] = [request.turn, request.turn];
    const canRetry = !isApiError(error) || error.can_retry;
    // What another generator made would pass for this one's.
    const another = shown !== null && !sameGenerator(shown.wish.active, request.wish.active);
    if (another) shown = null;
    doors.tell({
      current: false,
      busy: false,
      error: messageOf(error),
      canRetry,
      ...(another ? { shown: null, of: null } : {}),
    });
  }

  function stop() {
    clearTimeout(timer);
    // What is still answered belongs to nobody.
    turns += 1;
    answered = turns;
    loaded = turns;
    underWay = null;
    wish = null;
    key = '';
  }

  return {
    want,
    retry: () => {
      if (!wish) return;
      doors.tell({ busy: true, error: null });
      send(wish.slow);
    },
    stop,
  };
}

const keyOf = ({ asset, active, parameters, stamp }: Wish) =>
  JSON.stringify([asset, active, parameters, stamp]);

const sameVariant = (a: ActiveGenerator, b: ActiveGenerator) =>
  a.file === b.file &&
  a.generator === b.generator &&
  a.variation === b.variation &&
  a.format === b.format;
