// Compares several generators side by side; the first pane shows the original.
import { X } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { IconButton } from '@/components/Button';
import { usePreview } from '@/preview/usePreview';
import { type ActiveGenerator, useView } from '@/state/view';
import styles from './Compare.module.css';
import { OriginalInfo, VariantInfo } from './ImageInfo';
import { OriginalLayer } from './Layers';
import { Pane } from './Pane';
import { nameOf, Variant, whole } from './Single';
import { place, type Size } from './transform';
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
          part={null}
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

const keyOf = ({ file, generator, variation, format }: ActiveGenerator) =>
  JSON.stringify([file, generator, variation, format]);

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
  const preview = usePreview(asset.id, generator, leads ? 'active' : keyOf(generator));
  const shown = preview.of?.asset === asset.id ? preview.shown : null;
  const rect = shown ? place(size, shown, shown.visible_region) : whole(size);
  return (
    <Pane
      label={name}
      footer={
        <div className={styles.footers}>
          <VariantInfo
            name={name}
            preview={shown}
            current={preview.current}
            error={shown && preview.error}
          />
          {onRemove && <IconButton label={t('compare.remove')} icon={<X />} onClick={onRemove} />}
        </div>
      }
    >
      {leads && <Lead pane={pane} size={size} pixels={shown?.width ?? size.width} />}
      <Variant preview={preview} asset={asset} rect={rect} />
    </Pane>
  );
}

/** Fits the whole original, because the crops of several generators are parts of it. */
function Lead({ pane, size, pixels }: { pane: Size; size: Size; pixels: number }) {
  useScene(pane, whole(size), pixels);
  return null;
}
