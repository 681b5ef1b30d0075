// Compares several generators side by side; the first pane shows the original.
import { X } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { IconButton } from '@/components/Button';
import { usePreview } from '@/preview/usePreview';
import { useScore } from '@/preview/useScore';
import { type ActiveGenerator, useView } from '@/state/view';
import styles from './Compare.module.css';
import { OriginalInfo, VariantInfo } from './ImageInfo';
import { OriginalLayer } from './Layers';
import { keyOf, nameOf, slotOf } from './names';
import { Pane } from './Pane';
import { around, place, stretch, whole } from './placement';
import { Variant } from './Single';
import type { Rect, Size } from './transform';
import { useCompare } from './useCompare';
import { useScene } from './useScene';

interface MultiUpProps {
  asset: Asset;
  size: Size;
}

export function MultiUp({ asset, size }: MultiUpProps) {
  const { t } = useTranslation();
  const { active, beside } = useView();
  const transform = useCompare((compare) => compare.transform);
  const [pane, setPane] = useState<Size>({ width: 0, height: 0 });
  const onSize = useCallback((width: number, height: number) => setPane({ width, height }), []);
  const generators = [...(active ? [active] : []), ...beside];
  return (
    <div className={styles.panes} data-count={Math.min(9, generators.length + 1)}>
      <Pane label={t('compare.original')} footer={<OriginalInfo asset={asset} />} onSize={onSize}>
        <OriginalLayer
          {...{ asset, size, transform }}
          under={null}
          label={t('compare.originalOf', { path: asset.path })}
        />
      </Pane>
      {generators.map((generator, index) => (
        <One
          key={keyOf(generator)}
          name={nameOf(generator, generators)}
          {...{ asset, size, pane, generator }}
          leads={index === 0}
          onRemove={
            index === 0 && active
              ? null
              : () => useView.getState().set({ beside: beside.filter((one) => one !== generator) })
          }
        />
      ))}
      {generators.length === 0 && <p className={styles.hint}>{t('compare.noGenerator')}</p>}
    </div>
  );
}

interface OneProps extends MultiUpProps {
  pane: Size;
  generator: ActiveGenerator;
  /** A name distinct from those of the others. */
  name: string;
  /** Whether the zoom refers to this variant. */
  leads: boolean;
  onRemove: (() => void) | null;
}

function One({ asset, size, pane, generator, name, leads, onRemove }: OneProps) {
  const { t } = useTranslation();
  const slot = slotOf(generator, leads ? generator : null);
  const preview = usePreview(asset.id, generator, slot);
  const shown = preview.of?.asset === asset.id ? preview.shown : null;
  const score = useScore(preview, slot);
  const rect = shown ? place(size, shown, shown.placement) : whole(size);
  return (
    <Pane
      label={name}
      slot={slot}
      footer={
        <div className={styles.footers}>
          <VariantInfo
            {...{ asset, active: generator }}
            name={name}
            preview={shown}
            score={score}
            stretched={shown ? stretch(size, shown, shown.placement) : 1}
            current={preview.current}
            error={shown && preview.error}
          />
          {onRemove && <IconButton label={t('compare.remove')} icon={<X />} onClick={onRemove} />}
        </div>
      }
    >
      {leads && <Lead pane={pane} size={size} rect={rect} pixels={shown?.width ?? size.width} />}
      <Variant active={generator} {...{ preview, asset, rect }} />
    </Pane>
  );
}

interface LeadProps {
  pane: Size;
  size: Size;
  rect: Rect;
  pixels: number;
}

/** Fits the whole original and the leading variant; the crops of the others are parts of it. */
function Lead({ pane, size, rect, pixels }: LeadProps) {
  const seen = around(rect, whole(size));
  useScene(pane, seen, (pixels * seen.width) / rect.width);
  return null;
}
