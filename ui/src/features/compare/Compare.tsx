// The compare view: the focused asset's original and its variants, in one transform.
import { ImageOff } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { useAssets } from '@/api/queries';
import { ContextMenu } from '@/components/Menu';
import { useSelection } from '@/state/selection';
import { useView } from '@/state/view';
import styles from './Compare.module.css';
import { CompareBar } from './CompareBar';
import { CropTool } from './CropTool';
import { FocalTool } from './FocalTool';
import { MultiUp } from './MultiUp';
import { Single } from './Single';
import { Trials } from './Trials';
import { useCompare } from './useCompare';
import { useCompareMenu } from './useCompareMenu';
import { useHolds } from './useHolds';
import { useLeaveTool } from './useLeaveTool';

export function Compare() {
  const { t } = useTranslation();
  const focus = useSelection((selection) => selection.focus);
  const assets = useAssets();
  const asset = assets.find(({ id }) => id === focus) ?? assets[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another asset begins as it fits
  useEffect(() => useCompare.getState().begin(), [asset?.id]);
  useHolds();
  useLeaveTool();
  if (!asset) return <p className={styles.hint}>{t('compare.nothing')}</p>;
  return (
    <section className={styles.compare} aria-label={t('compare.title', { path: asset.path })}>
      <CompareBar asset={asset} />
      <Area asset={asset} />
    </section>
  );
}

/** The pictures, with their context menu. */
function Area({ asset }: { asset: Asset }) {
  const menu = useCompareMenu(asset.id);
  return (
    <ContextMenu entries={menu.entries}>
      <div className={styles.area} onContextMenuCapture={menu.prepare}>
        <Work asset={asset} />
      </div>
    </ContextMenu>
  );
}

function Work({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const tool = useCompare((compare) => compare.tool);
  const trials = useCompare((compare) => compare.trials);
  const { compare, active } = useView();
  if (asset.state.kind === 'unreadable') {
    return (
      <p className={styles.hint} role="alert">
        <ImageOff aria-hidden />
        {t('compare.unreadable', { path: asset.path, reason: asset.state.message })}
      </p>
    );
  }
  if (asset.state.kind === 'waiting') return <p className={styles.hint}>{t('compare.waiting')}</p>;
  const size = { width: asset.state.width, height: asset.state.height };
  if (tool === 'focal') return <FocalTool asset={asset} size={size} />;
  if (tool === 'crop' && active) {
    return <CropTool key={asset.id} asset={asset} size={size} active={active} />;
  }
  if (compare === 'many' && trials) return <Trials {...{ asset, size }} kind={trials} />;
  if (compare === 'many') return <MultiUp asset={asset} size={size} />;
  return <Single asset={asset} size={size} mode={compare} />;
}
