// The sheet: every variant of an asset, by generator.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight, Code } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '@/actions/ActionButton';
import type { Asset, Sheet as Variants } from '@/api/bindings';
import { sheetQuery, usePresets } from '@/api/queries';
import { messageOf } from '@/api/rpc';
import { step } from '@/assets/commands';
import { nameOf } from '@/assets/filter';
import { useAsset, useFilteredAssets } from '@/assets/filtered';
import { useVisible } from '@/assets/visible';
import { Button, IconButton } from '@/components/Button';
import empty from '@/components/empty.module.css';
import { Spinner } from '@/components/Spinner';
import { TruncatedName } from '@/components/TruncatedName';
import { useInitialFocus } from '@/components/useInitialFocus';
import { useSelection } from '@/state/selection';
import { showSnippet, useSheetState } from '@/state/sheet';
import { generatorKey, useView } from '@/state/view';
import { bytes, count, formatName } from '@/text';
import { groupsOf, variantKey } from './groups';
import { useCountRevisions } from './revisions';
import styles from './Sheet.module.css';
import { SnippetDialog } from './SnippetDialog';
import { VariantCard } from './VariantCard';

export function Sheet() {
  const { t } = useTranslation();
  const asset = useAsset(useSelection((selection) => selection.focus));
  if (!asset)
    return (
      <div className={empty.empty}>
        <p>{t('sheet.none')}</p>
        <ActionButton id="view.grid" look="primary" />
      </div>
    );
  return <Cards asset={asset} />;
}

function Cards({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const wanted = useMemo(() => ({ asset: asset.id, files: [] }), [asset.id]);
  const { data, error, isPlaceholderData } = useQuery(sheetQuery(wanted));
  const sheet = isPlaceholderData ? undefined : data;
  useVisible(...useOnly(asset.id));
  useCountRevisions();
  useInitialFocus(scroller);
  return (
    <section
      ref={scroller}
      className={styles.sheet}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be in reach of keys
      tabIndex={0}
      aria-label={t('sheet.label', { name: nameOf(asset.path) })}
      onKeyDown={(event) => {
        if (event.key !== ' ' || event.target !== event.currentTarget) return;
        event.preventDefault();
        useView.getState().set({ current: 'grid' });
      }}
    >
      <Header asset={asset} />
      {asset.state.kind === 'unreadable' && (
        <p className={styles.unreadable} role="alert">
          {asset.state.message}
        </p>
      )}
      {error && asset.state.kind !== 'unreadable' && (
        <p className={styles.unreadable}>{messageOf(error)}</p>
      )}
      {!sheet && !error && <Spinner busy label={t('sheet.looking')} />}
      {sheet && <Groups asset={asset} sheet={sheet} />}
    </section>
  );
}

/** The ids on the screen: this asset only. */
function useOnly(asset: number): [number[], number[]] {
  return useMemo(() => [[asset], []], [asset]);
}

function Header({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { ids, places } = useFilteredAssets();
  const place = places.get(asset.id);
  const { state } = asset;
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        <h2 className={styles.name} title={asset.path}>
          <TruncatedName name={nameOf(asset.path)} />
        </h2>
        <p className={styles.original}>
          {state.kind === 'ready'
            ? `${formatName(state.format)}, ${t('sheet.original', {
                ...{ width: state.width, height: state.height, bytes: bytes(asset.bytes) },
              })}`
            : bytes(asset.bytes)}
        </p>
      </div>
      {place !== undefined && (
        <span className={styles.place}>
          {t('sheet.place', { place: count(place + 1), all: count(ids.length) })}
        </span>
      )}
      <IconButton
        label={t('sheet.previous')}
        keys=","
        icon={<ChevronLeft />}
        disabled={place === 0}
        onClick={() => step(client, -1)}
      />
      <IconButton
        label={t('sheet.next')}
        keys="."
        icon={<ChevronRight />}
        disabled={place === ids.length - 1}
        onClick={() => step(client, 1)}
      />
    </header>
  );
}

interface GroupsProps {
  asset: Asset;
  sheet: Variants;
}

function Groups({ asset, sheet }: GroupsProps) {
  const { t } = useTranslation();
  const groups = useMemo(() => groupsOf(sheet), [sheet]);
  const presets = usePresets();
  const snippet = useSheetState((state) => state.snippet);
  useEffect(() => () => showSnippet(null), []);
  return (
    <>
      {groups.length === 0 && (
        <div className={styles.nothing}>
          <p>{t(sheet.unmatched.length > 0 ? 'sheet.noVariants' : 'matrix.noGenerators')}</p>
          {presets.length === 0 && <ActionButton id="generators.newFile" look="primary" />}
        </div>
      )}
      {groups.map((group) => (
        <section key={generatorKey(group)} className={styles.group}>
          <header className={styles.groupHeader}>
            <h3 className={styles.generator}>{group.generator}</h3>
            <span className={styles.file}>{group.file}</span>
            <Button
              look="quiet"
              className={styles.snippet}
              onClick={() => showSnippet({ file: group.file, generator: group.generator })}
            >
              <Code aria-hidden />
              {t('sheet.copySnippet')}
            </Button>
          </header>
          <ul className={styles.cards}>
            {group.variants.map((variant) => (
              <VariantCard
                key={`${asset.id}\n${variantKey(variant)}`}
                {...{ asset, variant }}
                isOneSize={group.variants.every((one) => one.variation === null)}
              />
            ))}
          </ul>
        </section>
      ))}
      {sheet.unmatched.length > 0 && (
        <details className={styles.unmatched} open={groups.length === 0}>
          <summary>{t('sheet.unmatched', { count: sheet.unmatched.length })}</summary>
          <dl className={styles.reasons}>
            {sheet.unmatched.map(({ file, generator, reason }) => (
              <div key={generatorKey({ file, generator })}>
                <dt title={file}>{generator}</dt>
                <dd>{reason}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {snippet && <SnippetDialog asset={asset} group={snippet} onClose={() => showSnippet(null)} />}
    </>
  );
}
