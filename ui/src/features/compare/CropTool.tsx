// The crop tool: a rectangle with handles on the original, for this picture or for all of a generator.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import ReactCrop, { type PercentCrop } from 'react-image-crop';
import 'react-image-crop/dist/ReactCrop.css';
import type { Asset } from '@/api/bindings';
import { ownCrop } from '@/assets/crops';
import { Button } from '@/components/Button';
import { Segmented } from '@/components/Segmented';
import { Select } from '@/components/Select';
import { useDocument } from '@/documents/edits';
import { usePreview } from '@/preview/usePreview';
import type { ActiveGenerator } from '@/state/view';
import styles from './Compare.module.css';
import { type CropRect, isSameRect, operationsOf, shaped, whichPart } from './crop';
import { type Ratio, ratiosOf } from './cropRatio';
import { FittedPicture, useFitted } from './FittedOriginal';
import { shownPart } from './placement';
import type { Size } from './transform';
import { type CropScope, useCropStore } from './useCropStore';

interface CropToolProps {
  asset: Asset;
  size: Size;
  active: ActiveGenerator;
}

export function CropTool({ asset, size, active }: CropToolProps) {
  const { t } = useTranslation();
  const [scope, setScope] = useState<CropScope>('one');
  const document = useDocument(active.file);
  const operations = operationsOf(document?.value, active.generator);
  const crops = useCropStore(asset, active, operations)[scope];
  const preview = usePreview(asset.id, active);
  const shown = preview.of?.asset === asset.id ? preview.shown : null;
  const [drawn, setDrawn] = useState<PercentCrop | null>(null);
  const [chosen, setChosen] = useState<Ratio | null>(null);
  const box = useFitted(size);
  const storedText = JSON.stringify([scope, crops.stored]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept replaces the drawing
  useEffect(() => setDrawn(null), [storedText]);
  // It begins with what the rule shows of this picture.
  const begun = crops.stored ?? whichPart(shownPart(shown?.placement ?? null));
  const rect: CropRect = drawn ?? begun;
  const ratios = ratiosOf({ scope, operations, size, shown: begun });
  const ratio = chosen && ratios.choices.includes(chosen) ? chosen : ratios.first;
  const aspect = ratios.aspectOf(ratio);

  const store = (now: CropRect, as: Ratio = ratio) => {
    // A click changes nothing.
    if (isSameRect(now, begun)) return setDrawn(null);
    void crops.store(now, as === 'rule').then((done) => done || setDrawn(null));
  };
  const pixels = (share: number, side: number) => Math.round((share / 100) * side);
  const { generator } = active;
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
      <div className={`${styles.facts} ${styles.cropBar}`}>
        <Segmented
          label={t('compare.cropScope')}
          value={scope}
          onChange={setScope}
          segments={[
            { value: 'one', label: t('compare.cropOne') },
            { value: 'all', label: t('compare.cropAll', { generator }) },
          ]}
        />
        <Select
          label={t('compare.ratio')}
          className={styles.ratio}
          value={ratio}
          disabled={ratios.choices.length === 1}
          options={ratios.choices.map((value) => ({
            value,
            label: value.includes(':')
              ? value
              : t(`compare.ratios.${value}`, { ratio: ratios.ruleText }),
          }))}
          onChange={(now) => {
            setChosen(now);
            const aspect = ratios.aspectOf(now);
            if (aspect) store(shaped(rect, aspect, size), now);
          }}
        />
        <span className={styles.pixels} data-crop-pixels>
          {pixels(rect.width, size.width)} × {pixels(rect.height, size.height)}
        </span>
        <Button look="quiet" disabled={!crops.stored} onClick={() => void crops.store(null, true)}>
          {t(scope === 'one' ? 'compare.cropReset' : 'compare.cropRemove')}
        </Button>
        <span className={styles.help}>
          {scope === 'one'
            ? t('compare.cropHelpOne', { generator })
            : ownCrop(asset, generator)
              ? t('compare.cropHelpOther', { generator })
              : t('compare.cropHelp', { generator })}
        </span>
      </div>
    </div>
  );
}
