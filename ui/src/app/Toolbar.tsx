// The toolbar: workspace, views, search, active generator, export.
import { useQueryClient } from '@tanstack/react-query';
import {
  Activity,
  ChevronDown,
  FolderOpen,
  Lock,
  Save,
  Search,
  TriangleAlert,
  Upload,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { keysOf, labelOf, perform } from '@/actions/perform';
import { actionOf } from '@/actions/registry';
import { SEARCH } from '@/actions/view';
import { useIsScanning, usePresets, useStartUp, useWorkspace } from '@/api/queries';
import { useExportObstacle } from '@/assets/exporting';
import { Button, IconButton } from '@/components/Button';
import { Menu, type MenuEntry } from '@/components/Menu';
import { Segmented } from '@/components/Segmented';
import { TextField } from '@/components/TextField';
import { Tooltip } from '@/components/Tooltip';
import { openFolder } from '@/features/welcome/open';
import { useActivity } from '@/state/activity';
import { useDialogs } from '@/state/dialogs';
import { showError } from '@/state/notices';
import { sameGenerator, useView, type ViewName } from '@/state/view';
import { count } from '@/text';
import styles from './Toolbar.module.css';

const views: ViewName[] = ['grid', 'matrix', 'compare', 'sheet'];

export function Toolbar() {
  const { t } = useTranslation();
  const current = useView((view) => view.current);
  const set = useView((view) => view.set);
  return (
    <header className={styles.toolbar}>
      <h1 className="visually-hidden">Cropmark</h1>
      <Workspace />
      <SearchField />
      <Segmented
        label={t('toolbar.view')}
        value={current}
        onChange={(now) => set({ current: now })}
        segments={views.map((value) => {
          const action = actionOf(`view.${value}`);
          const Icon = action?.icon;
          return {
            value,
            label: t(`app.views.${value}`),
            icon: Icon && (
              <>
                <Icon aria-hidden />
                <span className={styles.viewName}>{t(`app.views.${value}`)}</span>
              </>
            ),
            keys: action && keysOf(action),
          };
        })}
      />
      <ActiveGenerator />
      <span className={styles.space} />
      <ExportButton />
      <ActivityButton />
    </header>
  );
}

function Workspace() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const workspace = useWorkspace();
  const recent = useStartUp()?.recent ?? [];
  if (!workspace) return null;
  const entry = (id: string): MenuEntry[] => {
    const action = actionOf(id);
    if (!action) return [];
    const Icon = action.icon;
    return [
      {
        label: labelOf(action, { client }),
        icon: Icon && <Icon />,
        keys: keysOf(action),
        disabled: action.enabled?.({ client }) === false,
        perform: () => void perform(action, { client }),
      },
    ];
  };
  const others = recent.filter(({ path }) => path !== workspace.path).slice(0, 8);
  const entries: MenuEntry[] = [
    ...entry('file.open'),
    ...entry('file.samples'),
    ...(others.length > 0 ? (['separator'] as const) : []),
    ...others.map(({ grant, path, name, exists }) => ({
      label: exists ? `${name} — ${path}` : t('toolbar.gone', { path }),
      icon: <FolderOpen />,
      disabled: !exists,
      perform: () => void openFolder(client, grant).catch(showError),
    })),
    'separator',
    ...entry('file.close'),
  ];
  return (
    <div className={styles.workspace}>
      <Menu
        entries={entries}
        trigger={
          <button type="button" className={styles.name} title={workspace.path}>
            <span className={styles.ellipsis}>{workspace.name}</span>
            <ChevronDown aria-hidden />
          </button>
        }
      />
      {workspace.read_only && (
        <Tooltip text={workspace.read_only}>
          <button type="button" className={styles.mark}>
            <Lock aria-hidden />
            {t('toolbar.readOnly')}
            <span className="visually-hidden">{workspace.read_only}</span>
          </button>
        </Tooltip>
      )}
    </div>
  );
}

function SearchField() {
  const { t } = useTranslation();
  const search = useView((view) => view.search);
  const set = useView((view) => view.set);
  return (
    <div className={styles.search}>
      <Search aria-hidden className={styles.glass} />
      <TextField
        id={SEARCH}
        type="search"
        aria-label={t('toolbar.search')}
        placeholder={t('toolbar.search')}
        value={search}
        maxLength={200}
        onChange={(event) => set({ search: event.target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (search) set({ search: '' });
          else event.currentTarget.blur();
        }}
      />
    </div>
  );
}

function ActiveGenerator() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const presets = usePresets();
  const isScanning = useIsScanning();
  const active = useView((view) => view.active);
  const set = useView((view) => view.set);
  const preset = presets.find(({ file }) => file === active?.file);
  const generator = preset?.generators.find(({ name }) => name === active?.generator);
  const save = actionOf('file.save');
  const entries = presets.flatMap(({ file, generators }, index) => [
    ...(index > 0 ? (['separator'] as const) : []),
    ...generators.map(({ name, broken }): MenuEntry => {
      const one = { file, generator: name, variation: null, format: null };
      return {
        label: broken ? t('toolbar.broken', { name }) : name,
        keys: file,
        checked: sameGenerator(one, active),
        perform: () => set({ active: one }),
      };
    }),
  ]);
  if (!active)
    return isScanning ? null : <span className={styles.nothing}>{t('toolbar.noGenerator')}</span>;
  return (
    <div className={styles.active}>
      <Menu
        entries={entries}
        trigger={
          <button type="button" className={styles.generator}>
            <span className="visually-hidden">{t('toolbar.active')}</span>
            <strong className={styles.ellipsis}>{active.generator}</strong>
            <span className={styles.file}>{active.file}</span>
            <ChevronDown aria-hidden />
          </button>
        }
      />
      {(generator?.broken || preset?.conflict) && (
        <Tooltip text={preset?.conflict ? t('toolbar.conflict') : t('toolbar.isBroken')}>
          <span
            role="img"
            aria-label={preset?.conflict ? t('toolbar.conflict') : t('toolbar.isBroken')}
            className={styles.warn}
          >
            <TriangleAlert aria-hidden />
          </span>
        </Tooltip>
      )}
      {preset?.dirty && save && (
        <IconButton
          className={styles.unsaved}
          label={t('toolbar.unsaved', { file: active.file })}
          keys={keysOf(save) ?? ''}
          icon={<Save />}
          onClick={() => void perform(save, { client })}
        />
      )}
    </div>
  );
}

/** Disabled where there is nothing to export; its tooltip says why. */
function ExportButton() {
  const { t } = useTranslation();
  const action = actionOf('file.export');
  const obstacle = useExportObstacle();
  const hint = t(obstacle ? `toolbar.nothingToExport.${obstacle}` : 'toolbar.exportHint');
  return (
    <Tooltip text={hint} keys={action && keysOf(action)}>
      <Button
        look="primary"
        // In reach of keys and tooltip, which a disabled button is not.
        aria-disabled={obstacle !== null || undefined}
        aria-description={obstacle ? hint : undefined}
        onClick={() => obstacle === null && useDialogs.getState().showExport()}
      >
        <Upload aria-hidden />
        {t('toolbar.export')}
      </Button>
    </Tooltip>
  );
}

function ActivityButton() {
  const { t } = useTranslation();
  const shown = useView((view) => view.activity);
  const set = useView((view) => view.set);
  const running = useActivity(
    ({ activity }) => activity.on_demand.running + activity.eager.running,
  );
  const waiting = useActivity(({ activity }) => activity.on_demand.queued + activity.eager.queued);
  const action = actionOf('view.activity');
  // The number on the button is part of its label, also when nothing is running.
  const label = t('toolbar.activityNow', { running: count(running), waiting: count(waiting) });
  return (
    <Tooltip text={label} keys={action && keysOf(action)}>
      <Button
        look="quiet"
        aria-pressed={shown}
        aria-label={label}
        className={styles.activity}
        onClick={() => set({ activity: !shown })}
      >
        <Activity aria-hidden />
        <span className={styles.count}>{count(running)}</span>
      </Button>
    </Tooltip>
  );
}
