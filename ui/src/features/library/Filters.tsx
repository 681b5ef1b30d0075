// The filter bar above grid and matrix: filters, order, thumbnail size.
import { X } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAssets, useIsScanning } from '@/api/queries';
import { SIDES } from '@/assets/commands';
import { isFiltered, noFilters } from '@/assets/filter';
import { useFilteredAssets, useStates } from '@/assets/filtered';
import { Button } from '@/components/Button';
import bar from '@/components/bar.module.css';
import { Select } from '@/components/Select';
import { renderAll, useRenderAll } from '@/preview/renderAll';
import { useSelection } from '@/state/selection';
import { type OrientationFilter, type Sort, type StateFilter, useView } from '@/state/view';
import { count, formatName } from '@/text';
import styles from './Filters.module.css';

/** At most this many formats are listed, besides the chosen ones. */
const MOST_FORMATS = 8;

const orientations = ['any', 'landscape', 'portrait', 'square'] as const;
const states = ['any', 'missing', 'stale', 'failed'] as const;
const sorts = ['path', 'name', 'changed', 'size'] as const;

const orNull = <V extends string>(value: V | 'any'): V | null => (value === 'any' ? null : value);

export function Filters() {
  const current = useView((view) => view.current);
  if (current !== 'grid' && current !== 'matrix') return null;
  return (
    <div className={styles.place}>
      <Bar />
    </div>
  );
}

function Bar() {
  const { t } = useTranslation();
  const current = useView((view) => view.current);
  const orientation = useView((view) => view.orientation);
  const state = useView((view) => view.state);
  const sort = useView((view) => view.sort);
  const side = useView((view) => view.thumbnail);
  const filtered = useView(isFiltered);
  const set = useView((view) => view.set);
  const options = <V extends string>(values: readonly V[], words: string) =>
    values.map((value) => ({ value, label: t(`library.filters.${words}.${value}`) }));
  return (
    <div
      className={`${bar.bar} ${styles.bar}`}
      role="toolbar"
      aria-label={t('library.filters.label')}
    >
      <Formats />
      <Select<OrientationFilter | 'any'>
        label={t('library.filters.orientation')}
        className={orientation ? styles.active : styles.select}
        value={orientation ?? 'any'}
        options={options(orientations, 'orientations')}
        onChange={(value) => set({ orientation: orNull(value) })}
      />
      <Select<StateFilter | 'any'>
        label={t('library.filters.state')}
        className={state ? styles.active : styles.select}
        value={state ?? 'any'}
        options={options(states, 'states')}
        onChange={(value) => set({ state: orNull(value) })}
      />
      <Rating />
      <Select<Sort>
        label={t('library.filters.sort')}
        className={styles.select}
        value={sort}
        options={options(sorts, 'sorts')}
        onChange={(value) => set({ sort: value })}
      />
      {filtered && (
        <Button look="quiet" onClick={() => set(noFilters)}>
          <X aria-hidden />
          {t('library.filters.clear')}
        </Button>
      )}
      <Missing />
      <Counts />
      {current === 'grid' && (
        <input
          type="range"
          className={styles.side}
          aria-label={t('library.filters.thumbnail')}
          title={t('library.filters.thumbnail')}
          min={SIDES.least}
          max={SIDES.most}
          step={SIDES.step}
          value={side}
          onChange={(event) => set({ thumbnail: Number(event.target.value) })}
        />
      )}
    </div>
  );
}

/** The filter by rating, where images have one. */
function Rating() {
  const { t } = useTranslation();
  const rating = useView((view) => view.rating);
  const set = useView((view) => view.set);
  const assets = useAssets();
  const isRated = useMemo(() => assets.some((asset) => asset.rating !== null), [assets]);
  if (!isRated && rating === null) return null;
  return (
    <Select
      label={t('library.filters.rating')}
      className={rating ? styles.active : styles.select}
      value={String(rating ?? 0)}
      options={[0, 1, 2, 3, 4, 5].map((stars) => ({
        value: String(stars),
        label: stars === 0 ? t('library.filters.anyRating') : t('library.filters.stars', { stars }),
      }))}
      onChange={(stars) => set({ rating: Number(stars) || null })}
    />
  );
}

function Formats() {
  const { t } = useTranslation();
  const { formats } = useFilteredAssets();
  const chosen = useView((view) => view.formats);
  const set = useView((view) => view.set);
  const known = useMemo(() => {
    const most = [...formats].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
    const names = most.slice(0, MOST_FORMATS).map(([format]) => format);
    return [...new Set([...names, ...chosen])].sort();
  }, [formats, chosen]);
  if (known.length < 2 && chosen.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own
    <div className={styles.chips} role="group" aria-label={t('library.filters.formats')}>
      {known.map((format) => {
        const number = count(formats.get(format) ?? 0);
        const on = chosen.includes(format);
        return (
          <button
            key={format}
            type="button"
            className={styles.chip}
            aria-pressed={on}
            onClick={() =>
              set({ formats: on ? chosen.filter((one) => one !== format) : [...chosen, format] })
            }
          >
            {`${formatName(format)} `}
            <span className={styles.number}>{number}</span>
          </button>
        );
      })}
    </div>
  );
}

/** Renders what is missing of the images in sight. */
function Missing() {
  const { t } = useTranslation();
  const { ids } = useFilteredAssets();
  const { missing } = useStates().sets;
  const isRunning = useRenderAll(({ total }) => total > 0);
  const wanted = useMemo(() => ids.filter((id) => missing.has(id)), [ids, missing]);
  if (wanted.length === 0 && !isRunning) return null;
  const number = count(wanted.length);
  return (
    <Button
      className={styles.missing}
      disabled={isRunning || wanted.length === 0}
      title={t('library.renderMissingHint', { count: wanted.length, number })}
      onClick={() => renderAll(wanted)}
    >
      {t('library.renderMissing', { number })}
    </Button>
  );
}

function Counts() {
  const { t } = useTranslation();
  const shown = useFilteredAssets().ids.length;
  const all = useAssets().length;
  const selected = useSelection(({ ids }) => ids.size);
  const isScanning = useIsScanning();
  return (
    <span className={styles.counts} role="status">
      {isScanning
        ? t('library.filters.soFar', { count: shown, number: count(shown) })
        : shown === all
          ? t('library.filters.every', { count: all, number: count(all) })
          : t('library.filters.shown', { shown: count(shown), all: count(all) })}
      {selected > 1 && (
        <span className={styles.selected}>
          {t('library.selected', { count: selected, number: count(selected) })}
        </span>
      )}
    </span>
  );
}
