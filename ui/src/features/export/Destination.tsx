// Destination folder, file name pattern and conflict policy.
import { RotateCcw } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConflictPolicy } from '@/api/bindings';
import { choose as chooseFolder } from '@/api/rpc';
import { Button, IconButton } from '@/components/Button';
import { Field } from '@/components/Field';
import { Select } from '@/components/Select';
import { TextField } from '@/components/TextField';
import { DEFAULT_TEMPLATE, useExportChoices } from '@/state/exportChoices';
import { showError } from '@/state/notices';
import styles from './ExportDialog.module.css';

const policies: ConflictPolicy[] = ['if-changed', 'unique', 'overwrite', 'skip'];

interface DestinationProps {
  parameters: readonly string[];
  /** The problem of the folder or the pattern, if it is known. */
  folderProblem: string | null;
  templateProblem: string | null;
}

export function Destination({ parameters, folderProblem, templateProblem }: DestinationProps) {
  const { t } = useTranslation();
  const { destination, onConflict, set } = useExportChoices();
  const choose = async () => {
    const start = destination?.path;
    const folder = await chooseFolder('destination', t('export.chooseTitle'), { start });
    if (folder !== null) set({ destination: folder });
  };
  return (
    <>
      <Field
        label={t('export.destination')}
        hint={t('export.destinationHint')}
        // An empty field is no error: the footer says what is missing.
        error={(destination !== null && folderProblem) || undefined}
      >
        {(id) => (
          <span className={styles.row}>
            <TextField id={id} readOnly value={destination?.path ?? ''} />
            <Button onClick={() => void choose().catch(showError)}>{t('export.choose')}</Button>
          </span>
        )}
      </Field>
      <Template parameters={parameters} problem={templateProblem} />
      <Field label={t('export.conflict')} hint={t(`export.policyHint.${onConflict}`)}>
        {(id) => (
          <Select
            id={id}
            value={onConflict}
            options={policies.map((value) => ({ value, label: t(`export.policy.${value}`) }))}
            onChange={(now) => set({ onConflict: now })}
          />
        )}
      </Field>
    </>
  );
}

const placeholders = [
  'generator',
  'path',
  'stem',
  'name',
  'variation',
  'theme',
  'ext',
  'format',
  'width',
  'height',
  'key',
] as const;

function Template({
  parameters,
  problem,
}: {
  parameters: readonly string[];
  problem: string | null;
}) {
  const { t } = useTranslation();
  const { template, set } = useExportChoices();
  const field = useRef<HTMLInputElement>(null);
  const insert = (name: string) => {
    const at = field.current?.selectionStart ?? template.length;
    const to = field.current?.selectionEnd ?? at;
    set({ template: `${template.slice(0, at)}{${name}}${template.slice(to)}` });
    field.current?.focus();
  };
  const names = [
    ...placeholders.map((name) => ({ name, meaning: t(`export.placeholder.${name}`) })),
    ...parameters.map((name) => ({ name, meaning: t('export.placeholder.parameter') })),
  ];
  return (
    <Field
      label={t('export.template')}
      error={problem ?? undefined}
      hint={
        <details className={styles.help}>
          <summary>{t('export.placeholders')}</summary>
          <ul>
            {names.map(({ name, meaning }) => (
              <li key={name}>
                <button
                  type="button"
                  className={styles.placeholder}
                  aria-label={t('export.insert', { name: `{${name}}`, meaning })}
                  onClick={() => insert(name)}
                >
                  {`{${name}}`}
                </button>
                {meaning}
              </li>
            ))}
          </ul>
        </details>
      }
    >
      {(id) => (
        <span className={styles.row}>
          <TextField
            id={id}
            ref={field}
            className={styles.template}
            value={template}
            maxLength={1000}
            onChange={(event) => set({ template: event.target.value })}
          />
          <IconButton
            label={t('export.templateReset')}
            icon={<RotateCcw />}
            disabled={template === DEFAULT_TEMPLATE}
            onClick={() => set({ template: DEFAULT_TEMPLATE })}
          />
        </span>
      )}
    </Field>
  );
}
