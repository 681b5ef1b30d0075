// The faces on the original: shown dashed, removed and added by the user.
import { useQueryClient } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { type PointerEvent as ReactPointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset, FaceBox } from '@/api/bindings';
import { setFaces } from '@/assets/faces';
import { Button } from '@/components/Button';
import { usePreview } from '@/preview/usePreview';
import { useView } from '@/state/view';
import styles from './Faces.module.css';
import { trackPointer } from './trackPointer';

/** The faces that the active generator's variant is cut around; null where it is cut around none. */
export function useFaces(asset: Asset): FaceBox[] | null {
  const active = useView((view) => view.active);
  const preview = usePreview(asset.id, active);
  const found = preview.of?.asset === asset.id ? (preview.shown?.faces ?? null) : null;
  return found && (asset.faces ?? found);
}

/** The boxes of the faces, over the picture. `adding`: a drag draws another one. */
export function Faces({
  asset,
  faces,
  adding,
  onAdded,
}: {
  asset: Asset;
  faces: FaceBox[];
  adding: boolean;
  onAdded: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [drawn, setDrawn] = useState<FaceBox | null>(null);

  const draw = (event: ReactPointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    const area = event.currentTarget.getBoundingClientRect();
    const from = shareOf(event, area);
    let box: FaceBox | null = null;
    trackPointer(event, {
      move: (now) => {
        box = between(from, shareOf(now, area));
        setDrawn(box);
      },
      end: () => {
        setDrawn(null);
        if (!box || box.width < LEAST || box.height < LEAST) return;
        onAdded();
        void setFaces(client, asset.id, [...faces, box]);
      },
    });
  };

  return (
    <div
      className={styles.faces}
      data-adding={adding || undefined}
      {...(adding ? { onPointerDown: draw } : {})}
    >
      {faces.map((face, index) => (
        <span key={JSON.stringify(face)} className={styles.face} data-face style={placeOf(face)}>
          <button
            type="button"
            className={styles.remove}
            aria-label={t('compare.faceRemove', { number: index + 1 })}
            title={t('compare.faceRemove', { number: index + 1 })}
            onClick={() => {
              const others = faces.filter((other) => other !== face);
              void setFaces(client, asset.id, others);
            }}
          >
            <X aria-hidden />
          </button>
        </span>
      ))}
      {drawn && <span className={styles.face} style={placeOf(drawn)} />}
    </div>
  );
}

/** What is done with the faces: how many there are, add one, find them again. */
export function FaceTools({
  asset,
  faces,
  adding,
  setAdding,
}: {
  asset: Asset;
  faces: FaceBox[];
  adding: boolean;
  setAdding: (adding: boolean) => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return (
    <>
      <span data-face-count={faces.length}>{t('compare.faces', { count: faces.length })}</span>
      <Button look="quiet" aria-pressed={adding} onClick={() => setAdding(!adding)}>
        {t(adding ? 'compare.faceDraw' : 'compare.faceAdd')}
      </Button>
      <Button
        look="quiet"
        disabled={!asset.faces}
        onClick={() => void setFaces(client, asset.id, null)}
      >
        {t('compare.facesFind')}
      </Button>
    </>
  );
}

/** The smallest side of a box that is drawn, as a share of the picture's. */
const LEAST = 0.005;

interface Place {
  x: number;
  y: number;
}

function shareOf(event: { clientX: number; clientY: number }, area: DOMRect): Place {
  const share = (value: number) => Math.min(1, Math.max(0, value));
  return {
    x: share((event.clientX - area.left) / area.width),
    y: share((event.clientY - area.top) / area.height),
  };
}

/** The box between two of its corners. */
export function between(one: Place, other: Place): FaceBox {
  const round = (value: number) => Math.round(value * 10_000) / 10_000;
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)].map(round) as [
    number,
    number,
  ];
  return {
    x,
    y,
    width: round(Math.max(one.x, other.x) - x),
    height: round(Math.max(one.y, other.y) - y),
  };
}

const placeOf = ({ x, y, width, height }: FaceBox) => ({
  left: `${x * 100}%`,
  top: `${y * 100}%`,
  width: `${width * 100}%`,
  height: `${height * 100}%`,
});
