// The export dialog: assets, generators, destination and names. Nothing is asked afterwards.
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Document, ExportArguments } from '@/api/bindings';
import { updateRun } from '@/api/events';
import { documentQuery, useAssets, usePresets } from '@/api/queries';
import { call, messageOf } from '@/api/rpc';
import { useFilteredAssets } from '@/assets/filtered';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Segmented } from '@/components/Segmented';
import { Spinner } from '@/components/Spinner';
import { useReport } from '@/state/activity';
import { announce } from '@/state/announce';
import { useDialogs } from '@/state/dialogs';
import { type AssetChoice, takeProfile, useExportChoices } from '@/state/exportChoices';
import { flushAll } from '@/state/flush';
import { useSelection } from '@/state/selection';
import { generatorKey, useView } from '@/state/view';
import { bytes, count } from '@/text';
import { Destination } from './Destination';
import styles from './ExportDialog.module.css';
import { chosenGenerators, declaredParameters, exportRequest, idsOf } from './exportRequest';
import { Generators } from './Generators';
import { Names } from './Names';
import { Parameters } from './Parameters';
import { Profiles } from './Profiles';
import { Skipped } from './Skipped';
import { type Planned, usePlan } from './usePlan';

export function ExportDialog() {
  const { t } = useTranslation();
  const open = useDialogs((dialogs) => dialogs.open === 'export');
  const close = useDialogs((dialogs) => dialogs.close);
  return (
    <Dialog
      {...{ open }}
      onClose={close}
      title={t('export.title')}
      description={t('export.description')}
      size="large"
    >
      <Form onClose={close} />
    </Dialog>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const presets = usePresets();
  const choices = useExportChoices();
  const active = useView((view) => view.active);
  const [assets, setAssets, numbers] = useAssetChoice();
  const subject = useDialogs((dialogs) => dialogs.subject);
  const { set } = choices;
  useEffect(() => {
    if (subject.generators) set({ generators: subject.generators.map(generatorKey) });
  }, [subject, set]);

  // Keeps the generators that it opened with, even if a file changes meanwhile.
  const [first, setFirst] = useState<string[] | null>(null);
  const generators = chosenGenerators(presets, choices.generators ?? first, active);
  if (first === null && generators.length > 0) setFirst(generators.map(generatorKey));
  const files = [...new Set(generators.map(({ file }) => file))];
  const documents = useQueries({ queries: files.map((file) => documentQuery(file)) })
    .map(({ data }) => data)
    .filter((document): document is Document => document !== undefined);
  const parameters = declaredParameters(documents, generators);
  const request = exportRequest({ ...choices, ids: assets.ids, generators }, parameters);
  const planned = usePlan(request);
  const [skips, setSkips] = useState(false);
  const unsaved = presets.some(({ file, dirty }) => dirty && files.includes(file));

  return (
    <div className={styles.dialog}>
      <div className={styles.columns}>
        <div className={styles.form}>
          <div className={styles.line}>
            <span className={styles.label}>{t('export.assets')}</span>
            <Segmented<AssetChoice>
              label={t('export.assets')}
              value={assets.choice}
              onChange={setAssets}
              segments={(['selection', 'filtered', 'all'] as const).map((value) => ({
                value,
                label: t(`export.choice.${value}`, { number: count(numbers[value]) }),
                disabled: numbers[value] === 0,
              }))}
            />
          </div>
          <Profiles generators={generators} onChoose={takeProfile} />
          <Generators
            {...{ presets, generators }}
            onChange={(chosen) => set({ generators: chosen.map(generatorKey) })}
          />
          {unsaved && <p className={styles.soft}>{t('export.unsaved')}</p>}
          <Destination
            parameters={[...parameters.keys()]}
            folderProblem={planned.plan?.folder ?? null}
            templateProblem={planned.plan?.template ?? null}
          />
          <Parameters known={parameters} />
        </div>
        {skips && planned.plan ? (
          <Skipped plan={planned.plan} onBack={() => setSkips(false)} />
        ) : (
          <Names {...planned} isComplete={request !== null} />
        )}
      </div>
      <Footer
        {...{ request, planned, onClose }}
        onSkipped={() => setSkips(true)}
        missing={
          assets.ids === null
            ? t('export.noSelection')
            : generators.length === 0
              ? t('export.noGenerators')
              : choices.destination === null
                ? t('export.noDestination')
                : null
        }
      />
    </div>
  );
}

/** The initial choice of assets: the selected ones if there are several, else the filtered ones. */
function useAssetChoice() {
  const ids = useSelection((selection) => selection.ids);
  const shown = useFilteredAssets().ids;
  const all = useAssets().length;
  const requested = useDialogs((dialogs) => dialogs.subject.assets);
  const [choice, setChoice] = useState<AssetChoice>(
    requested ?? (ids.size > 1 ? 'selection' : shown.length < all ? 'filtered' : 'all'),
  );
  const numbers = { selection: ids.size, filtered: shown.length, all };
  return [{ choice, ids: idsOf(choice, ids, shown, all) }, setChoice, numbers] as const;
}

interface FooterProps {
  request: ExportArguments | null;
  planned: Planned;
  /** The missing choice, if any. */
  missing: string | null;
  /** Shows the images that are skipped. */
  onSkipped: () => void;
  onClose: () => void;
}

function Footer({ request, planned, missing, onSkipped, onClose }: FooterProps) {
  const { plan, current, error } = planned;
  const { t } = useTranslation();
  const client = useQueryClient();
  const [starting, setStarting] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const possible =
    request !== null &&
    missing === null &&
    current &&
    plan !== null &&
    plan.total > 0 &&
    plan.folder === null &&
    plan.template === null &&
    plan.problems.length === 0 &&
    plan.clashes.length === 0;
  const start = async () => {
    if (!possible || starting) return;
    setStarting(true);
    setFault(null);
    try {
      await flushAll();
      updateRun(client, await call('start_export', request));
      // Closes the report of another run, so that the new run is visible.
      useReport.setState({ run: null });
      useView.getState().set({ activity: true });
      announce(t('export.started'));
      onClose();
    } catch (caught) {
      setFault(messageOf(caught));
    } finally {
      setStarting(false);
    }
  };
  const problem = fault ?? error;
  // Without valid names there is no number of files.
  const counted =
    request !== null && plan?.template === null && plan.clashes.length === 0 ? plan : null;
  return (
    <footer className={styles.footer}>
      <div className={styles.sum}>
        {problem !== null ? (
          <span role="alert" className={styles.bad}>
            {problem}
          </span>
        ) : (
          <span role="status">
            {[
              missing,
              counted?.total === 0 && t('export.nothing'),
              counted &&
                counted.total > 0 &&
                t('export.total', { count: counted.total, number: count(counted.total) }),
              counted &&
                counted.bytes !== null &&
                t('export.bytes', { bytes: bytes(counted.bytes) }),
            ]
              .filter(Boolean)
              .join(' ')}
            {counted && counted.refused > 0 && (
              <span className={styles.bad}>
                {' · '}
                {t('export.refused', { count: counted.refused, number: count(counted.refused) })}
              </span>
            )}
            {counted && counted.without > 0 && (
              <>
                {' · '}
                <button type="button" className={styles.link} onClick={onSkipped}>
                  {t('export.without', { count: counted.without, number: count(counted.without) })}
                </button>
              </>
            )}
          </span>
        )}
        <Spinner
          busy={request !== null && !current && error === null}
          label={t('export.planning')}
        />
      </div>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button look="primary" disabled={!possible || starting} onClick={() => void start()}>
        {t('export.start')}
      </Button>
    </footer>
  );
}
