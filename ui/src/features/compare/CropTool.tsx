// The crop tool: a rectangle with handles on the original, with a free or fixed aspect ratio.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import ReactCrop, { type PercentCrop } from 'react-image-crop';
import 'react-image-crop/dist/ReactCrop.css';
import type { Asset } from '@/api/bindings';
import { Button } from '@/components/Button';
import { Select } from '@/components/Select';
import { changeDocument, useDocument } from '@/documents/edits';
import { usePreview } from '@/preview/usePreview';
import type { ActiveGenerator } from '@/state/view';
import styles from './Compare.module.css';
import { type CropRect, cropEdits, cropOf, operationsOf, ruleRatio } from './crop';
import { FittedPicture, useFitted } from './FittedOriginal';
import { shownPart } from './placement';
import type { Rect, Size } from './transform';

const RATIOS = [
  'rule',
  'free',
  'original',
  '1:1',
  '4:3',
  '3:2',
  '16:9',
  '3:4',
  '2:3',
  '9:16',
] as const;
type Ratio = (typeof RATIOS)[number];

interface CropToolProps {
  asset: Asset;
  size: Size;
  active: ActiveGenerator;
}

export function CropTool({ asset, size, active }: CropToolProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const document = useDocument(active.file);
  const operations = operationsOf(document?.value, active.generator);
  const stored = cropOf(operations);
  const ownRatio = ruleRatio(operations);
  const [chosen, setChosen] = useState<Ratio | null>(null);
  const ratio: Ratio = chosen ?? (ownRatio ? 'rule' : 'free');
  const preview = usePreview(asset.id, active);
  const shown = preview.of?.asset === asset.id ? preview.shown : null;
  const [drawn, setDrawn] = useState<PercentCrop | null>(null);
  const box = useFitted(size);
  const storedText = JSON.stringify(stored);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the file says replaces the drawing
  useEffect(() => setDrawn(null), [storedText]);
  // It begins with what the rule shows of this picture.
  const rect: CropRect = drawn ?? stored ?? inPercent(shownPart(shown?.placement ?? null));

  const store = (now: CropRect | null, as: Ratio = ratio) => {
    const edits = cropEdits(active.generator, operations, now, as === 'rule');
    if (edits.length === 0) return setDrawn(null);
    // If it is refused, the file's crop is shown again.
    void changeDocument(client, active.file, { edits, label: t('compare.cropLabel') }).then(
      (fine) => fine || setDrawn(null),
    );
  };

  const aspect = aspectOf(ratio, size, ownRatio);
  const pixels = (share: number, side: number) => Math.round((share / 100) * side);
  return (
    <div className={styles.tool}>
      <div className={styles.fitted} ref={box.ref}>
        {box.width > 0 && (
          <ReactCrop
            className={styles.crop}
            style={{ width: box.width, height: box.height }}
            crop={{ unit: '%', ...rect }}
            {...(aspect ? { aspect } : {})}
            keepSelection
            ruleOfThirds
            ariaLabels={{
              cropArea: t('compare.cropArea'),
              nwDragHandle: t('compare.cropHandle', { side: t('compare.northWest') }),
              nDragHandle: t('compare.cropHandle', { side: t('compare.north') }),
              neDragHandle: t('compare.cropHandle', { side: t('compare.northEast') }),
              eDragHandle: t('compare.cropHandle', { side: t('compare.east') }),
              seDragHandle: t('compare.cropHandle', { side: t('compare.southEast') }),
              sDragHandle: t('compare.cropHandle', { side: t('compare.south') }),
              swDragHandle: t('compare.cropHandle', { side: t('compare.southWest') }),
              wDragHandle: t('compare.cropHandle', { side: t('compare.west') }),
            }}
            onChange={(_, percent) => setDrawn(percent)}
            onComplete={(_, percent) => percent.width > 0 && percent.height > 0 && store(percent)}
          >
            <div style={{ width: box.width, height: box.height }}>
              <FittedPicture asset={asset} size={size} width={box.width} />
            </div>
          </ReactCrop>
        )}
      </div>
      <p className={styles.facts}>
        <strong>{t('compare.crop', { generator: active.generator })}</strong>
        <span>
          {pixels(rect.width, size.width)} × {pixels(rect.height, size.height)}
        </span>
        <Select
          label={t('compare.ratio')}
          value={ratio}
          options={RATIOS.filter((value) => value !== 'rule' || ownRatio).map((value) => ({
            value,
            label: value.includes(':') ? value : t(`compare.ratios.${value}`, { ratio: ownRatio }),
          }))}
          onChange={(now) => {
            setChosen(now);
            const aspect = aspectOf(now, size, ownRatio);
            if (aspect) store(shaped(rect, aspect, size), now);
          }}
        />
        <span className={styles.help}>
          {t('compare.cropHelp', { generator: active.generator })}
        </span>
        <Button look="quiet" disabled={!stored} onClick={() => store(null)}>
          {t('compare.cropRemove')}
        </Button>
      </p>
    </div>
  );
}

function inPercent(part: Rect | null): CropRect {
  if (!part) return { x: 0, y: 0, width: 100, height: 100 };
  const { left, top, width, height } = part;
  return { x: left * 100, y: top * 100, width: width * 100, height: height * 100 };
}

function aspectOf(ratio: Ratio, size: Size, ownRatio: string | null): number | undefined {
  if (ratio === 'free') return undefined;
  if (ratio === 'original') return size.width / size.height;
  const [width, height] = (ratio === 'rule' ? (ownRatio ?? '') : ratio).split(':').map(Number);
  return width && height ? width / height : undefined;
}

/** The largest rectangle of a ratio, centred in another. */
function shaped(rect: CropRect, aspect: number, size: Size): CropRect {
  const relative = (aspect * size.height) / size.width;
  const width = Math.min(rect.width, rect.height * relative);
  const height = width / relative;
  return {
    x: rect.x + (rect.width - width) / 2,
    y: rect.y + (rect.height - height) / 2,
    width,
    height,
  };
}
