// The focal point tool: sets the point on the original, and shows the crops around it.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import {
  type KeyboardEvent as ReactKeyboardEvent,
  type PointerEvent as ReactPointerEvent,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset, Assets, FocalPoint } from '@/api/bindings';
import { assetsQuery } from '@/api/queries';
import { call } from '@/api/rpc';
import { Button } from '@/components/Button';
import { newGesture } from '@/documents/edits';
import { usePreview } from '@/preview/usePreview';
import { showError } from '@/state/notices';
import { type ActiveGenerator, useView } from '@/state/view';
import styles from './Compare.module.css';
import { Faces, FaceTools, useFaces } from './Faces';
import { FittedOriginal } from './FittedOriginal';
import { nameOf } from './names';
import { shownPart } from './placement';
import { trackPointer } from './trackPointer';
import type { Size } from './transform';

export function FocalTool({ asset, size }: { asset: Asset; size: Size }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { active, beside } = useView();
  const area = useRef<HTMLDivElement>(null);
  const sending = useRef<{ busy: boolean; next: (() => void) | null }>({ busy: false, next: null });

  // The point being dragged, until the program has it. Other views follow the program: a preview
  // requested before would be rendered with the former point.
  const [held, setHeld] = useState<{ asset: number; point: FocalPoint | null } | null>(null);
  const faces = useFaces(asset);
  const [adding, setAdding] = useState(false);
  const point = held?.asset === asset.id ? held.point : asset.focal;

  const set = (focal: FocalPoint | null, gesture: string | null) => {
    setHeld({ asset: asset.id, point: focal });
    const send = () => {
      sending.current.busy = true;
      call('annotate', { kind: 'focal', asset: asset.id, point: focal, gesture })
        .then(() => cacheFocal(client, asset.id, focal))
        .catch(showError)
        .finally(() => {
          const { next } = sending.current;
          sending.current = { busy: false, next: null };
          if (next) next();
          else setHeld(null);
        });
    };
    if (sending.current.busy) sending.current.next = send;
    else send();
  };

  const pointAt = (event: { clientX: number; clientY: number }): FocalPoint | null => {
    const box = area.current?.getBoundingClientRect();
    if (!box) return null;
    const share = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
    return {
      x: share((event.clientX - box.left) / box.width),
      y: share((event.clientY - box.top) / box.height),
    };
  };

  const drag = (event: ReactPointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    const gesture = newGesture('focal');
    set(pointAt(event), gesture);
    trackPointer(event, { move: (now) => set(pointAt(now), gesture) });
  };

  const nudge = (event: ReactKeyboardEvent) => {
    const by = event.shiftKey ? 0.05 : 0.01;
    const ways: Record<string, readonly [number, number]> = {
      ArrowLeft: [-by, 0],
      ArrowRight: [by, 0],
      ArrowUp: [0, -by],
      ArrowDown: [0, by],
    };
    if (event.key === 'Delete' || event.key === 'Backspace') set(null, null);
    const way = ways[event.key];
    if (way) {
      const { x, y } = point ?? { x: 0.5, y: 0.5 };
      const kept = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
      set({ x: kept(x + way[0]), y: kept(y + way[1]) }, `focal-keys-${asset.id}`);
    }
    if (way || event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  const generators = [...(active ? [active] : []), ...beside];
  return (
    <div className={styles.tool}>
      <FittedOriginal asset={asset} size={size}>
        <div
          ref={area}
          className={styles.focalArea}
          data-focal-area
          role="slider"
          tabIndex={0}
          aria-label={t('compare.focal')}
          aria-valuenow={Math.round((point?.x ?? 0.5) * 100)}
          aria-valuetext={
            point
              ? t('compare.focalAt', { x: percent(point.x), y: percent(point.y) })
              : t('compare.focalNone')
          }
          onPointerDown={drag}
          onKeyDown={nudge}
        >
          <div className={styles.allKept}>
            {generators.map((generator, index) => (
              <Kept
                key={JSON.stringify(generator)}
                asset={asset}
                generator={generator}
                leads={generator === active}
                row={index}
              />
            ))}
          </div>
          <span
            className={styles.focal}
            data-set={point !== null}
            style={{ left: `${(point?.x ?? 0.5) * 100}%`, top: `${(point?.y ?? 0.5) * 100}%` }}
          />
        </div>
        {faces && (
          <Faces asset={asset} faces={faces} adding={adding} onAdded={() => setAdding(false)} />
        )}
      </FittedOriginal>
      <p className={styles.facts}>
        <strong>{t('compare.focal')}</strong>
        <span>
          {point
            ? t('compare.focalAt', { x: percent(point.x), y: percent(point.y) })
            : t('compare.focalNone')}
        </span>
        <span className={styles.help}>{t('compare.focalHelp')}</span>
        <Button look="quiet" disabled={!point} onClick={() => set(null, null)}>
          {t('compare.focalRemove')}
        </Button>
        {faces && <FaceTools asset={asset} faces={faces} adding={adding} setAdding={setAdding} />}
      </p>
    </div>
  );
}

/** Updates the cached asset with its new focal point. */
function cacheFocal(client: QueryClient, id: number, focal: FocalPoint | null) {
  client.setQueryData<Assets>(
    assetsQuery.queryKey,
    (former) =>
      former && {
        ...former,
        assets: former.assets.map((one) => (one.id === id ? { ...one, focal } : one)),
      },
  );
}

/** The height of a label with its distance to the next, in CSS pixels. */
const LABEL = 20;

const percent = (share: number) => `${Math.round(share * 100)}%`;

/** The part of the original that a generator's crop keeps. */
function Kept({
  asset,
  generator,
  leads,
  row,
}: {
  asset: Asset;
  generator: ActiveGenerator;
  leads: boolean;
  /** Its label's row: frames often share their corner. */
  row: number;
}) {
  const preview = usePreview(
    asset.id,
    generator,
    leads ? 'active' : `focal ${JSON.stringify(generator)}`,
  );
  const part = preview.of?.asset === asset.id ? shownPart(preview.shown?.placement ?? null) : null;
  if (!part) return null;
  const [left, top, width, height] = [part.left, part.top, part.width, part.height].map(
    (share) => `${share * 100}%`,
  );
  return (
    <span className={styles.kept} data-leads={leads} style={{ left, top, width, height }}>
      <span className={styles.keptName} style={{ top: 4 + row * LABEL }}>
        {nameOf(generator)}
      </span>
    </span>
  );
}
