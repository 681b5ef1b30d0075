// Decides when a slot requests its preview, and which response it shows. No React here.
//
// One request runs at a time. A newer target waits for a short while, so that dragging a slider
// shows steps in between, and then replaces the running request. A response is shown only if no
// newer one was shown before it, and only once its picture is lastShown.
import type { Edit, Preview, PreviewArguments } from '@/api/bindings';
import { isApiError, messageOf } from '@/api/rpc';
import { type ActiveGenerator, sameGenerator } from '@/state/view';
import type { PreviewSlot } from './slots';

/** A newer target waits at most this long for the running request, in milliseconds. */
export const REPLACE_AFTER = 350;
/** A draft is followed by the final variant after this time without a change, in milliseconds. */
export const FINAL_AFTER = 250;

/** What a slot is to show. */
export interface PreviewTarget {
  asset: number;
  active: ActiveGenerator;
  parameters: Record<string, string>;
  /** Edits of the preset that are tried for this slot only. */
  edits?: readonly Edit[];
  /** Differs whenever anything else differs that the result depends on. */
  version: string;
  /** Whether the final variant takes long to encode, so that a draft comes first. */
  slow: boolean;
}

export interface PreviewClient {
  request: (next: PreviewArguments) => Promise<Preview>;
  /** Loads a picture; resolves to whether the window can draw it. */
  load: (url: string) => Promise<boolean>;
  update: (change: Partial<PreviewSlot>) => void;
}

interface Request {
  target: PreviewTarget;
  draft: boolean;
  /** Increases with each request of the slot. */
  sequence: number;
  startedAt: number;
}

export interface PreviewRequests {
  setTarget: (target: PreviewTarget | null) => void;
  retry: () => void;
  /** Ignores the responses of all requests so far. */
  stop: () => void;
}

export function previewRequests(slot: string, client: PreviewClient): PreviewRequests {
  let target: PreviewTarget | null = null;
  let key = '';
  let latest = 0;
  let lastAccepted = 0;
  let lastShown = 0;
  let running: Request | null = null;
  let shown: { target: PreviewTarget; url: string } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const schedule = (milliseconds: number, perform: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(perform, milliseconds);
  };

  function setTarget(next: PreviewTarget | null) {
    const nextKey = next ? keyOf(next) : '';
    if (nextKey === key) return;
    const former = target;
    [target, key] = [next, nextKey];
    if (!next) {
      stop();
      client.update({ shown: null, of: null, current: false, busy: false, error: null });
      return;
    }
    const another = shown !== null && shown.target.asset !== next.asset;
    if (another) shown = null;
    client.update({
      current: false,
      busy: true,
      error: null,
      ...(another ? { shown: null, of: null } : {}),
    });
    const same =
      former?.asset === next.asset && sameVariant(former.active, next.active) ? running : null;
    // A slow final encoding is replaced at once by a draft of the newer target.
    const isQuick = same && (same.draft || !same.target.slow);
    const wait = isQuick ? same.startedAt + REPLACE_AFTER - performance.now() : 0;
    if (wait > 0) schedule(wait, () => send(next.slow));
    else send(next.slow);
  }

  function send(draft: boolean) {
    clearTimeout(timer);
    if (!target) return;
    latest += 1;
    const request: Request = { target, draft, sequence: latest, startedAt: performance.now() };
    running = request;
    const { asset, active, parameters, edits } = target;
    const tried = edits?.length ? { edits: [...edits] } : {};
    client.request({ slot, asset, ...active, draft, parameters, ...tried }).then(
      (preview) => accept(request, preview),
      (error: unknown) => fail(request, error),
    );
  }

  /** Sends the target that waited for this request; returns whether the request was the latest. */
  function advance(request: Request): boolean {
    if (running === request) {
      running = null;
      if (request.target !== target && target) send(target.slow);
    }
    return request.target === target && request.sequence === latest;
  }

  function accept(request: Request, preview: Preview) {
    const isLatest = advance(request);
    if (request.sequence < lastAccepted || request.target.asset !== target?.asset) return;
    lastAccepted = request.sequence;
    const isFinal = !preview.draft;
    if (isLatest && !isFinal) schedule(FINAL_AFTER, () => send(false));
    const show = (drawable: boolean) => {
      if (request.sequence < lastShown || request.target.asset !== target?.asset) return;
      lastShown = request.sequence;
      shown = { target: request.target, url: preview.url };
      const current = request.target === target;
      client.update({
        shown: preview,
        of: ofTarget(request.target),
        drawable,
        current,
        busy: !(current && isFinal),
        ...(current ? { error: null } : {}),
      });
    };
    if (preview.url === shown?.url) show(true);
    else void client.load(preview.url).then(show);
  }

  function fail(request: Request, error: unknown) {
    const isLatest = advance(request);
    if (!isLatest || (isApiError(error) && error.code === 'superseded')) return;
    // Pictures that are still loading are older than this error.
    [lastAccepted, lastShown] = [request.sequence, request.sequence];
    const canRetry = !isApiError(error) || error.can_retry;
    // A picture by another generator would be mistaken for this one's.
    const another = shown !== null && !sameGenerator(shown.target.active, request.target.active);
    if (another) shown = null;
    client.update({
      current: false,
      busy: false,
      error: messageOf(error),
      unmatched: isApiError(error) && error.code === 'unmatched',
      canRetry,
      ...(another ? { shown: null, of: null } : {}),
    });
  }

  function stop() {
    clearTimeout(timer);
    // Responses that are still to come are ignored.
    latest += 1;
    lastAccepted = latest;
    lastShown = latest;
    running = null;
    target = null;
    key = '';
  }

  return {
    setTarget,
    retry: () => {
      if (!target) return;
      client.update({ busy: true, error: null });
      send(target.slow);
    },
    stop,
  };
}

const keyOf = ({ asset, active, parameters, edits = [], version }: PreviewTarget) =>
  JSON.stringify([asset, active, parameters, edits, version]);

const ofTarget = ({ asset, active, edits }: PreviewTarget): PreviewSlot['of'] => ({
  asset,
  active,
  ...(edits?.length ? { edits } : {}),
});

const sameVariant = (a: ActiveGenerator, b: ActiveGenerator) =>
  a.file === b.file &&
  a.generator === b.generator &&
  a.variation === b.variation &&
  a.format === b.format;
