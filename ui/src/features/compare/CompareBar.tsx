// The toolbar of the compare view: mode, zoom, background, focal point, crop, variant.
import {
  Columns2,
  Crop,
  Crosshair,
  Diff,
  Grid2x2,
  Layers2,
  Minus,
  Moon,
  Plus,
  Search,
  SquareSplitHorizontal,
  Sun,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Asset, PresetFile } from '@/api/bindings';
import { usePresets } from '@/api/queries';
import { Button, IconButton } from '@/components/Button';
import bar from '@/components/bar.module.css';
import { Menu, type MenuEntry } from '@/components/Menu';
import { Segmented } from '@/components/Segmented';
import { Select } from '@/components/Select';
import { TruncatedName } from '@/components/TruncatedName';
import { optionOf, variationOf, variationOptions, variationsOf } from '@/documents/variations';
import { type ActiveGenerator, type Backdrop, sameGenerator, useView } from '@/state/view';
import { formatName } from '@/text';
import styles from './Compare.module.css';
import { distinctName } from './names';
import { TrialButtons } from './TrialButtons';
import { compareIn } from './trialMode';
import { ratioOf, useCompare } from './useCompare';
import { toggleLoupe, usePointer } from './usePointer';

export function CompareBar({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const view = useView();
  const tool = useCompare((compare) => compare.tool);
  const isLoupe = usePointer(({ isLoupeOn }) => isLoupeOn);
  const chosen = useCompare((compare) => compare.trials);
  const trials = view.compare === 'many' ? chosen : null;
  const isReadable = asset.state.kind !== 'unreadable';
  const setTool = (chosen: typeof tool) =>
    useCompare.getState().set({ tool: chosen === tool ? 'look' : chosen });
  return (
    <div
      className={`${bar.bar} ${styles.bar}`}
      data-mode={view.compare}
      role="toolbar"
      aria-label={t('compare.tools')}
    >
      <Segmented
        label={t('compare.mode')}
        value={trials ? null : view.compare}
        onChange={compareIn}
        segments={[
          { value: 'split', label: t('compare.split'), icon: <SquareSplitHorizontal /> },
          { value: 'side', label: t('compare.side'), icon: <Columns2 /> },
          { value: 'flip', label: t('compare.flip'), icon: <Layers2 />, keys: '\\' },
          { value: 'difference', label: t('compare.difference'), icon: <Diff /> },
          { value: 'many', label: t('compare.many'), icon: <Grid2x2 /> },
        ]}
      />
      <TrialButtons shown={trials} />
      <Variations />
      {view.compare === 'many' && !trials && <Beside />}
      <span className={styles.name} title={asset.path}>
        <TruncatedName name={asset.path} />
      </span>
      <div className={styles.right}>
        <IconButton
          label={t('compare.focal')}
          keys="P"
          icon={<Crosshair />}
          pressed={tool === 'focal'}
          disabled={!isReadable}
          onClick={() => setTool('focal')}
        />
        <IconButton
          label={t('compare.cropTool')}
          keys="R"
          icon={<Crop />}
          pressed={tool === 'crop'}
          disabled={!isReadable || !view.active}
          onClick={() => setTool('crop')}
        />
        <IconButton
          label={t('compare.loupe')}
          icon={<Search />}
          pressed={isLoupe}
          disabled={!isReadable || tool !== 'look'}
          onClick={toggleLoupe}
        />
        <Behind />
        {isReadable && <Zoom />}
      </div>
    </div>
  );
}

/** The choice of the background. */
function Behind() {
  const { t } = useTranslation();
  const { backdrop, set } = useView();
  const icons = { checker: <Checker />, light: <Sun />, dark: <Moon /> };
  const entry = (one: Backdrop): MenuEntry => ({
    label: t(`compare.${one}`),
    icon: icons[one],
    checked: one === backdrop,
    perform: () => set({ backdrop: one }),
  });
  return (
    <Menu
      trigger={<IconButton label={t('compare.backdrop')} keys="B" icon={icons[backdrop]} />}
      entries={[entry('checker'), entry('light'), entry('dark')]}
    />
  );
}

const Checker = () => (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <path fill="currentColor" d="M2 2h6v6H2zM8 8h6v6H8z" />
    <path fill="none" stroke="currentColor" d="M2.5 2.5h11v11h-11z" />
  </svg>
);

function Zoom() {
  const { t } = useTranslation();
  const ratio = useCompare(ratioOf);
  const fits = useCompare((compare) => compare.fits);
  const pixelExact = useView((view) => view.pixelExact);
  const { zoomBy, zoomTo, fit } = useCompare.getState();
  const percent = `${Math.round(ratio * 100)}%`;
  return (
    <span className={styles.zoom}>
      <IconButton
        className={styles.step}
        label={t('compare.zoomOut')}
        keys="Ctrl+−"
        icon={<Minus />}
        onClick={() => zoomBy(1 / 1.25)}
      />
      <Menu
        trigger={
          <Button
            look="quiet"
            className={styles.percent}
            aria-label={t('compare.zoomIs', { percent })}
          >
            {percent}
          </Button>
        }
        entries={[
          { label: t('compare.fit'), keys: 'Ctrl+0', checked: fits, perform: fit },
          ...[0.5, 1, 2, 4].map(
            (zoom): MenuEntry => ({
              label: `${zoom * 100}%`,
              keys: zoom === 1 ? 'Ctrl+1' : undefined,
              checked: !fits && Math.abs(ratio - zoom) < 0.005,
              perform: () => zoomTo(zoom),
            }),
          ),
          'separator',
          {
            label: t('compare.exact'),
            keys: 'X',
            checked: pixelExact,
            perform: () => useView.getState().set({ pixelExact: !pixelExact }),
          },
        ]}
      />
      <IconButton
        className={styles.step}
        label={t('compare.zoomIn')}
        keys="Ctrl++"
        icon={<Plus />}
        onClick={() => zoomBy(1.25)}
      />
    </span>
  );
}

/** The choice of variation and format of the active generator. */
function Variations() {
  const { t } = useTranslation();
  const { active, set } = useView();
  const presets = usePresets();
  const info = active && generatorOf(presets, active);
  if (!active || !info) return null;
  const sizes = variationOptions(info, t('sheet.first'));
  return (
    <>
      {sizes.length > 1 && (
        <Select
          label={t('compare.variation')}
          className={styles.choice}
          value={optionOf(info, active.variation)}
          options={sizes}
          onChange={(chosen) => set({ active: { ...active, variation: variationOf(chosen) } })}
        />
      )}
      {info.formats.length > 1 && (
        <Select
          label={t('compare.format')}
          className={styles.choice}
          value={active.format ?? info.formats[0] ?? ''}
          options={info.formats.map((value) => ({ value, label: formatName(value) }))}
          onChange={(format) => set({ active: { ...active, format } })}
        />
      )}
    </>
  );
}

const generatorOf = (presets: readonly PresetFile[], active: ActiveGenerator) =>
  presets
    .find(({ file }) => file === active.file)
    ?.generators.find(({ name }) => name === active.generator);

/** Adds generators to the comparison. */
function Beside() {
  const { t } = useTranslation();
  const { active, beside, set } = useView();
  const presets = usePresets();
  const entries = presets.flatMap(({ file, generators }) =>
    generators
      .filter(({ broken }) => !broken)
      .map(
        ({ name, variations }): ActiveGenerator => ({
          file,
          generator: name,
          variation: variationsOf({ variations })[0] ?? null,
          format: null,
        }),
      ),
  );
  const others = entries.filter(
    (entry) => ![active, ...beside].some((one) => sameGenerator(one, entry)),
  );
  return (
    <Menu
      trigger={
        <Button look="plain" className={styles.add}>
          <Plus /> {t('compare.add')}
        </Button>
      }
      entries={others.map((entry) => ({
        label: distinctName(entry, entries),
        perform: () => set({ beside: [...beside, entry].slice(-8) }),
      }))}
    />
  );
}
