// The inspector: the form of the active generator, or the text of its preset file.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, Info, Save, TriangleAlert } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { assetsQuery, fontsQuery, useIsScanning, usePresets } from '@/api/queries';
import { Button, IconButton } from '@/components/Button';
import { Segmented } from '@/components/Segmented';
import { at, isTable } from '@/documents/applyEdits';
import { type ShownDocument, useDocument } from '@/documents/edits';
import { FormContext } from '@/documents/fields/control';
import { colorsOf, formatsOf, useGeneratorForm } from '@/documents/form';
import { saveFile } from '@/documents/generators';
import { extendedFiles, wholeValue } from '@/documents/inherited';
import { problemsOf, warningsOf } from '@/documents/problems';
import { useSelection } from '@/state/selection';
import { type ActiveGenerator, useView } from '@/state/view';
import { AssetPanel } from './AssetPanel';
import { ChainSection } from './ChainSection';
import { ConflictDialog, useConflictDialog } from './ConflictDialog';
import styles from './Inspector.module.css';
import { ParametersSection } from './ParametersSection';
import { ProblemsPanel } from './ProblemsPanel';
import { ResultSection } from './ResultSection';
import { GeneratorSection, OutputSection, SourceSection } from './TableSections';
import { WidthsSection } from './WidthsSection';

// The editor is large and loaded on first use.
const TextView = lazy(() => import('./TextView').then(({ TextView }) => ({ default: TextView })));

/** Whether the problems are listed; kept when another generator is activated. */
const useProblemsShown = create<{ shown: boolean }>(() => ({ shown: true }));

export function Inspector() {
  const { t } = useTranslation();
  const active = useView((view) => view.active);
  const document = useDocument(active?.file ?? null);
  const preset = usePresets().find(({ file }) => file === active?.file);
  const isScanning = useIsScanning();
  const isImage = useView((view) => view.editor === 'image');
  if (isImage)
    return (
      <>
        <header className={styles.header}>
          <Editors />
        </header>
        <AssetPanel />
      </>
    );
  if (!active)
    return isScanning ? null : (
      <>
        <header className={styles.header}>
          <Editors />
        </header>
        <p className={styles.nothing}>{t('inspector.nothing')}</p>
      </>
    );
  if (document && !preset?.trouble) return <DocumentEditor active={active} document={document} />;
  return (
    <>
      <header className={styles.header}>
        <Names active={active} />
      </header>
      {preset?.trouble && (
        <p className={styles.trouble} role="alert">
          {preset.trouble}
        </p>
      )}
    </>
  );
}

/** The parts of the inspector: the rule as form or text, and the image. */
function Editors() {
  const { t } = useTranslation();
  const editor = useView((view) => view.editor);
  return (
    <Segmented
      label={t('inspector.editor')}
      value={editor}
      segments={(['form', 'text', 'image'] as const).map((value) => ({
        value,
        label: t(`inspector.editors.${value}`),
      }))}
      onChange={(now) => useView.getState().set({ editor: now })}
    />
  );
}

function Names({
  active,
  dirty = false,
  extended = '',
}: {
  active: ActiveGenerator;
  dirty?: boolean;
  extended?: string;
}) {
  const { t } = useTranslation();
  return (
    <div className={styles.names}>
      <h2 className={styles.generator} title={active.generator}>
        {active.generator || t('inspector.noGenerator')}
      </h2>
      <p className={styles.file} title={active.file}>
        {dirty && (
          <span className={styles.dirty} role="img" aria-label={t('inspector.unsaved')}>
            ●
          </span>
        )}
        <span>{active.file}</span>
      </p>
      {extended !== '' && (
        <p className={styles.file} title={extended}>
          <span>{t('inspector.extends', { files: extended })}</span>
        </p>
      )}
    </div>
  );
}

function DocumentEditor({
  active,
  document,
}: {
  active: ActiveGenerator;
  document: ShownDocument;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const editor = useView((view) => view.editor);
  const listed = useProblemsShown(({ shown }) => shown);
  const assets = useQuery(assetsQuery).data;
  const families = useQuery(fontsQuery).data?.families ?? null;
  const problems = useMemo(
    () => problemsOf(document, assets?.complete ? assets.assets : null),
    [document, assets],
  );
  const warnings = useMemo(() => warningsOf(document, families), [document, families]);
  const found = problems.length + warnings.length;
  return (
    <>
      <header className={styles.header}>
        <div className={styles.line}>
          <Names
            active={active}
            dirty={document.dirty}
            extended={extendedFiles(document.value).join(', ')}
          />
          {found > 0 && (
            <Button
              look="quiet"
              className={problems.length > 0 ? styles.problems : undefined}
              aria-pressed={listed}
              aria-label={[
                problems.length > 0 && t('inspector.problems.count', { count: problems.length }),
                warnings.length > 0 && t('inspector.problems.warnings', { count: warnings.length }),
              ]
                .filter(Boolean)
                .join(', ')}
              onClick={() => useProblemsShown.setState({ shown: !listed })}
            >
              {problems.length > 0 ? <TriangleAlert /> : <Info />} {found}
            </Button>
          )}
          <IconButton
            label={t('inspector.save')}
            keys="Ctrl+S"
            icon={<Save />}
            disabled={!document.dirty}
            onClick={() => void saveFile(client, active.file)}
          />
        </div>
        <Editors />
      </header>
      {document.conflict !== null && (
        <div className={styles.conflict} role="alert">
          <CircleAlert />
          <p>{t('inspector.conflict.banner')}</p>
          <Button onClick={() => useConflictDialog.setState({ file: active.file })}>
            {t('inspector.conflict.look')}
          </Button>
        </div>
      )}
      {found > 0 && listed && (
        <ProblemsPanel file={active.file} problems={problems} warnings={warnings} />
      )}
      {editor === 'form' ? (
        <Form key={`${active.file} ${active.generator}`} />
      ) : (
        <Suspense fallback={null}>
          <TextView key={active.file} document={document} problems={problems} warnings={warnings} />
        </Suspense>
      )}
      {isTable(at(wholeValue(document), ['generators', active.generator])) && (
        <div className={styles.result}>
          <ResultSection active={active} />
        </div>
      )}
      <ConflictDialog />
    </>
  );
}

function Form() {
  const { t } = useTranslation();
  const form = useGeneratorForm();
  const focus = useSelection((selection) => selection.focus);
  const assets = useQuery(assetsQuery).data?.assets;
  const formats = form ? formatsOf(form).join(' ') : '';
  const colors = form ? JSON.stringify(colorsOf(form)) : '{}';
  const subject = useMemo(
    () => ({
      file: form?.active.file ?? '',
      asset: assets?.find(({ id }) => id === focus) ?? null,
      formats: formats.split(' '),
      colors: JSON.parse(colors) as { [name: string]: string },
    }),
    [form?.active.file, assets, focus, formats, colors],
  );
  if (!form) return <p className={styles.nothing}>{t('inspector.notInFile')}</p>;
  return (
    <FormContext value={subject}>
      <div className={styles.form}>
        {!form.document.readable && (
          <p className={styles.notToml} role="alert">
            {t('inspector.notToml')}
          </p>
        )}
        <fieldset className={styles.sections} disabled={!form.document.readable}>
          <GeneratorSection form={form} />
          <SourceSection form={form} />
          <ParametersSection form={form} />
          <WidthsSection form={form} />
          <ChainSection form={form} />
          <OutputSection form={form} />
        </fieldset>
      </div>
    </FormContext>
  );
}
