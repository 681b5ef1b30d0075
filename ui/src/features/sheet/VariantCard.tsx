// A variant on the sheet: its picture, rendered when it is scrolled into view, and its figures.
import { useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset, FaultInfo, Preview, SheetVariant } from '@/api/bindings';
import { call, isApiError, messageOf } from '@/api/rpc';
import { openIn } from '@/assets/commands';
import { dragFrom } from '@/assets/dragOut';
import { StateIcon } from '@/assets/StateIcon';
import { variantMenu } from '@/assets/variantMenu';
import { Button } from '@/components/Button';
import { ContextMenu, type MenuEntry } from '@/components/Menu';
import { Spinner } from '@/components/Spinner';
import { useInSight } from '@/components/useInSight';
import { request, type VariantArguments } from '@/preview/variantRequests';
import { focusCard, useSheetState } from '@/state/sheet';
import { useView } from '@/state/view';
import { formatName, bytes as readable } from '@/text';
import { percentOf } from './groups';
import { useRevision } from './revisions';
import styles from './Sheet.module.css';

interface VariantCardProps {
  asset: Asset;
  variant: SheetVariant;
  /** Whether its generator has only one size. */
  isOneSize: boolean;
}

const argumentsOf = (asset: number, variant: SheetVariant): VariantArguments => ({
  asset,
  file: variant.file,
  generator: variant.generator,
  variation: variant.variation,
  format: variant.format,
});

interface Rendering {
  preview: Preview | null;
  /** The revisions of asset and preset that it was rendered from. */
  revision: string;
  fault: FaultInfo | null;
  busy: boolean;
}

/** Renders a missing variant while it is on the screen. The former picture stays until then. */
function useRendering({ asset, variant }: Omit<VariantCardProps, 'isOneSize'>, seen: boolean) {
  const revision = `${asset.version} ${useRevision(variant.file)}`;
  const [made, setMade] = useState<Rendering>({
    ...{ preview: null, revision: '', fault: null, busy: false },
  });
  const [tries, setTries] = useState(0);
  const [tried, setTried] = useState(0);
  const isMissing = variant.url === null && variant.state !== 'failed';
  const isNeeded = seen && (isMissing || tries > tried);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed state must not restart the rendering
  useEffect(() => {
    const isMade = made.preview !== null && made.revision === revision;
    if (!isNeeded || (isMade && tries === tried)) return;
    setMade((former) => ({ ...former, fault: null, busy: true }));
    const cancel = request(
      argumentsOf(asset.id, variant),
      (preview) => {
        setMade({ preview, revision, fault: null, busy: false });
        setTried(tries);
      },
      (error) => {
        const code = isApiError(error) ? error.code : 'system';
        const fault = { code, message: messageOf(error) };
        setMade({ preview: null, revision, fault, busy: false });
        setTried(tries);
      },
    );
    return () => {
      cancel();
      setMade((former) => (former.busy ? { ...former, busy: false } : former));
    };
  }, [isNeeded, asset.id, revision, tries]);
  const retry = useCallback(() => setTries((former) => former + 1), []);
  return { ...made, retry };
}

export const VariantCard = memo(function VariantCard(props: VariantCardProps) {
  const { asset, variant, isOneSize } = props;
  const { t } = useTranslation();
  const backdrop = useView((view) => view.backdrop);
  const { element, seen } = useInSight();
  const { preview, fault: failed, busy, retry } = useRendering(props, seen);
  const url = variant.url ?? preview?.url ?? null;
  const size = variant.url || !preview ? variant.size : [preview.width, preview.height];
  const length = variant.bytes ?? preview?.bytes ?? null;
  const knownFault = variant.state === 'failed' && !preview && !busy ? variant.fault : null;
  const fault = variant.url ? null : (failed ?? knownFault);
  const retries = useSheetState((sheet) => sheet.retries);
  const handledRetries = useRef(retries);
  useEffect(() => {
    if (handledRetries.current === retries) return;
    handledRetries.current = retries;
    if (fault) retry();
  }, [retries, fault, retry]);
  const state = fault
    ? 'failed'
    : busy
      ? 'rendering'
      : url && !variant.url
        ? 'ready'
        : variant.state;
  const format =
    variant.format === 'smallest' ? (preview?.format ?? variant.format) : variant.format;
  const variation = variant.variation ?? t('sheet.first');
  const label = t('sheet.variant', {
    ...{ generator: variant.generator, variation, format: formatName(format) },
  });
  const { file, generator, variation: chosen, format: written } = variant;
  const active = { file, generator, variation: chosen, format: written };
  const open = () => {
    useView.getState().set({ active });
    openIn('compare', asset.id);
  };
  const client = useQueryClient();
  const [entries, setEntries] = useState<readonly MenuEntry[]>([]);
  const prepare = () => {
    const render = fault ? { retry: true, perform: retry } : null;
    setEntries(variantMenu(client, { asset: asset.id, active, ...(render ? { render } : {}) }));
  };
  return (
    <ContextMenu entries={entries}>
      <li
        ref={element as React.RefObject<HTMLLIElement>}
        className={styles.card}
        onContextMenuCapture={prepare}
      >
        <button
          type="button"
          className={styles.picture}
          data-backdrop={backdrop}
          aria-label={`${label}. ${t('sheet.open')}`}
          title={url ? t('sheet.drag') : undefined}
          onClick={open}
          onFocus={() => focusCard(asset.id, active)}
          onPointerDown={(event) => {
            if (event.button !== 0 || url === null) return;
            dragFrom(event, async () => {
              const whole = { slot: 'sheet-drag', draft: false, parameters: {} };
              return call('variant_file', { ...argumentsOf(asset.id, variant), ...whole });
            });
          }}
        >
          <span className={styles.inside}>
            {url && (
              <img
                className={styles.image}
                src={url}
                alt=""
                decoding="async"
                loading="lazy"
                draggable={false}
                {...(size && { width: size[0], height: size[1] })}
              />
            )}
          </span>
          <Spinner busy={busy} label={t('sheet.rendering')} />
        </button>
        <p className={styles.title}>
          {!isOneSize && <span className={styles.variation}>{variation}</span>}
          <span className={styles.format} data-alone={isOneSize || undefined}>
            {formatName(format)}
          </span>
          <span className={styles.state} title={t(`variant.states.${state}`)}>
            <StateIcon state={state} />
            <span className="visually-hidden">{t(`variant.states.${state}`)}</span>
          </span>
        </p>
        <p className={styles.facts}>
          {size && t('sheet.pixels', { width: size[0], height: size[1] })}
          {length !== null && (
            <>
              <span>{readable(length)}</span>
              <span title={t('sheet.percent', { percent: percentOf(length, asset.bytes) })}>
                {percentOf(length, asset.bytes)}%
              </span>
            </>
          )}
        </p>
        {preview?.notes.map((note) => (
          <p key={note} className={styles.note}>
            {note}
          </p>
        ))}
        {fault && (
          <div className={styles.fault}>
            <p data-selectable>{fault.message}</p>
            <Button onClick={retry}>
              <RotateCcw aria-hidden />
              {t('sheet.retry')}
            </Button>
          </div>
        )}
      </li>
    </ContextMenu>
  );
});
