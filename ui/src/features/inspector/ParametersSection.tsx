// The generator's variables with their defaults, values to try, and the built-in placeholders.
import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '@/actions/clipboard';
import { assetDetailsQuery } from '@/api/queries';
import { IconButton } from '@/components/Button';
import { TextField } from '@/components/TextField';
import { isTable } from '@/documents/applyEdits';
import { useTypingGesture } from '@/documents/fields/plainFields';
import type { GeneratorForm } from '@/documents/form';
import { usePreviews, valuesOf } from '@/preview/slots';
import { showError, useNotices } from '@/state/notices';
import { useSelection } from '@/state/selection';
import styles from './Inspector.module.css';
import { Section } from './Section';

const ASSET_VALUES = [
  'asset.name',
  'asset.stem',
  'asset.folder',
  'asset.width',
  'asset.height',
  'asset.title',
  'asset.alt',
];

export function ParametersSection({ form }: { form: GeneratorForm }) {
  const { t } = useTranslation();
  const typing = useTypingGesture();
  const [name, setName] = useState('');
  const own = isTable(form.own.parameters) ? form.own.parameters : {};
  const all = isTable(form.inherited.parameters) ? { ...form.inherited.parameters, ...own } : own;
  const tried = usePreviews(({ values }) => valuesOf(values, form.active));
  const asset = useSelection(({ focus }) => focus);
  const metadata = useQuery(assetDetailsQuery(asset)).data?.metadata ?? {};
  const fine = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && !(name in all);
  const add = () => {
    if (!fine) return;
    setName('');
    void form.set(['parameters', name], name, '');
  };
  const attempt = (parameter: string, value: string) => {
    const { [parameter]: _, ...others } = tried;
    const next = value === '' ? others : { ...others, [parameter]: value };
    usePreviews.getState().tryValues(form.active, next);
  };
  const inMetadata = Object.keys(metadata).filter((key) => /^(exif|iptc)\./.test(key));
  return (
    <Section
      name="parameters"
      title={t('inspector.sections.parameters')}
      summary={Object.keys(all).join(', ')}
    >
      {Object.entries(all).map(([parameter, value]) => (
        <div key={parameter} className={styles.parameter}>
          <span className={styles.placeholder} title={`{${parameter}}`}>{`{${parameter}}`}</span>
          <TextField
            placeholder={t('inspector.parameters.defaultShort')}
            aria-label={t('inspector.parameters.default', { parameter })}
            title={t('inspector.parameters.default', { parameter })}
            value={String(value)}
            onChange={(event) =>
              void form.set(['parameters', parameter], parameter, event.target.value, typing.now())
            }
            onBlur={typing.end}
          />
          <TextField
            aria-label={t('inspector.parameters.try', { parameter })}
            placeholder={t('inspector.parameters.tryShort')}
            title={t('inspector.parameters.try', { parameter })}
            value={tried[parameter] ?? ''}
            onChange={(event) => attempt(parameter, event.target.value)}
          />
          <IconButton
            label={t('inspector.parameters.remove', { parameter })}
            icon={<X />}
            disabled={!(parameter in own)}
            onClick={() => {
              attempt(parameter, '');
              void form.set(['parameters', parameter], parameter, undefined);
            }}
          />
        </div>
      ))}
      <div className={styles.row}>
        <TextField
          aria-label={t('inspector.parameters.add')}
          placeholder={t('inspector.parameters.new')}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && add()}
        />
        <IconButton
          label={t('inspector.parameters.add')}
          icon={<Plus />}
          disabled={!fine}
          onClick={add}
        />
      </div>
      <p className={styles.hint}>{t('inspector.parameters.hint')}</p>
      <Placeholders names={[...Object.keys(all), ...ASSET_VALUES]} values={metadata} />
      {inMetadata.length > 0 && (
        <details className={styles.metadata}>
          <summary>{t('inspector.parameters.metadata')}</summary>
          <Placeholders names={inMetadata} values={metadata} />
        </details>
      )}
    </Section>
  );
}

interface PlaceholdersProps {
  names: readonly string[];
  /** The values of placeholders that are known. */
  values: { [name in string]?: string };
}

/** The placeholders for texts; a click copies one. */
function Placeholders({ names, values }: PlaceholdersProps) {
  const { t } = useTranslation();
  return (
    <ul className={styles.chips} aria-label={t('inspector.parameters.placeholders')}>
      {names.map((name) => (
        <li key={name}>
          <button
            type="button"
            className={styles.copy}
            title={values[name] ?? t('inspector.parameters.copy')}
            onClick={() => void copy(name, t('inspector.parameters.copied')).catch(showError)}
          >
            {`{${name}}`}
          </button>
        </li>
      ))}
    </ul>
  );
}

async function copy(placeholder: string, message: string) {
  await copyText(`{${placeholder}}`);
  useNotices.getState().add('information', message);
}
