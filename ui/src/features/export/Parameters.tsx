// Values for the parameters of the chosen generators.
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { choose as chooseFile } from '@/api/rpc';
import { Button, IconButton } from '@/components/Button';
import { Field } from '@/components/Field';
import { TextField } from '@/components/TextField';
import { useExportChoices } from '@/state/exportChoices';
import { showError } from '@/state/notices';
import styles from './ExportDialog.module.css';

/** `known`: the parameters' names and defaults. */
export function Parameters({ known }: { known: ReadonlyMap<string, string> }) {
  const { t } = useTranslation();
  const { parameters, csv, set } = useExportChoices();
  if (known.size === 0) return null;
  const choose = async () => {
    const file = await chooseFile('table', t('export.csvTitle'));
    if (file !== null) set({ csv: file });
  };
  return (
    <section className={styles.parameters} aria-label={t('export.parameters')}>
      <h3 className={styles.heading}>{t('export.parameters')}</h3>
      {[...known].map(([name, preset]) => (
        <Field key={name} label={name}>
          {(id) => (
            <TextField
              id={id}
              value={parameters[name] ?? ''}
              placeholder={preset || t('export.parameterHint')}
              onChange={(event) =>
                set({ parameters: { ...parameters, [name]: event.target.value } })
              }
            />
          )}
        </Field>
      ))}
      <Field label={t('export.csv')} hint={csv === null ? t('export.csvNone') : undefined}>
        {(id) => (
          <span className={styles.row}>
            <TextField id={id} readOnly value={csv?.path ?? ''} />
            <Button onClick={() => void choose().catch(showError)}>{t('export.choose')}</Button>
            {csv !== null && (
              <IconButton
                label={t('export.csvRemove')}
                icon={<X />}
                onClick={() => set({ csv: null })}
              />
            )}
          </span>
        )}
      </Field>
    </section>
  );
}
