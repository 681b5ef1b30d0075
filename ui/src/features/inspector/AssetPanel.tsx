// The panel of the focused image: what the user wrote about it, its histogram, its metadata.
import { useQuery } from '@tanstack/react-query';
import { Star } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Asset, AssetDetails } from '@/api/bindings';
import { assetDetailsQuery } from '@/api/queries';
import { nameOf } from '@/assets/filter';
import { useAsset } from '@/assets/filtered';
import { TruncatedName } from '@/components/TruncatedName';
import { useSelection } from '@/state/selection';
import { bytes, formatName } from '@/text';
import styles from './AssetPanel.module.css';
import { AssetTexts } from './AssetTexts';
import { cameraFacts, otherMetadata } from './assetFacts';
import { Histogram } from './Histogram';

export function AssetPanel() {
  const { t } = useTranslation();
  const asset = useAsset(useSelection(({ focus }) => focus));
  if (!asset) return <p className={styles.nothing}>{t('inspector.image.none')}</p>;
  return <Panel key={asset.id} asset={asset} />;
}

function Panel({ asset }: { asset: Asset }) {
  const { data } = useQuery(assetDetailsQuery(asset.id));
  const details = data?.asset.id === asset.id ? data : null;
  return (
    <div className={styles.panel}>
      <header>
        <h3 className={styles.name} title={asset.path}>
          <TruncatedName name={nameOf(asset.path)} />
        </h3>
        {asset.state.kind === 'unreadable' && <p data-selectable>{asset.state.message}</p>}
      </header>
      <AssetTexts asset={asset} />
      {asset.state.kind === 'ready' && <Histogram asset={asset} />}
      <Facts asset={asset} details={details} />
    </div>
  );
}

function Facts({ asset, details }: { asset: Asset; details: AssetDetails | null }) {
  const { t } = useTranslation();
  const { state } = asset;
  const metadata = details?.metadata ?? {};
  const label = metadata['xmp.label'];
  const file: [string, string][] = [
    ...(state.kind === 'ready'
      ? ([
          ['format', formatName(state.format)],
          ['dimensions', `${state.width} × ${state.height}`],
        ] as [string, string][])
      : []),
    ['size', bytes(asset.bytes)],
    // Its place is kept until it is known, so that nothing below moves.
    ['profile', details ? (details.profile ?? t('inspector.image.noProfile')) : '…'],
    ['depth', details?.depth ? t('inspector.image.bits', { bits: details.depth }) : '…'],
    ...(label ? ([['label', label]] as [string, string][]) : []),
  ];
  const others = otherMetadata(metadata);
  return (
    <>
      <dl className={styles.facts}>
        {asset.rating !== null && (
          <div>
            <dt>{t('inspector.image.facts.rating')}</dt>
            <dd className={styles.stars}>
              <span className="visually-hidden">
                {t('inspector.image.stars', { count: asset.rating })}
              </span>
              {Array.from({ length: asset.rating }, (_, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: stars are alike
                <Star key={at} aria-hidden />
              ))}
            </dd>
          </div>
        )}
        {file.map(([name, value]) => (
          <Fact key={name} name={t(`inspector.image.facts.${name}`)} value={value} />
        ))}
        {cameraFacts(metadata).map(([name, value]) => (
          <Fact key={name} name={t(`inspector.image.camera.${name}`)} value={value} />
        ))}
      </dl>
      {others.length > 0 && (
        <details className={styles.more}>
          <summary>{t('inspector.image.more', { count: others.length })}</summary>
          <dl className={styles.facts}>
            {others.map(([name, value]) => (
              <Fact key={name} name={name} value={value} />
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd data-selectable>{value}</dd>
  </div>
);
