// The sections for tables of the schema: the generator itself, its source, its output.

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonValue, Step } from '@/api/bindings';
import { Field } from '@/components/Field';
import { Switch } from '@/components/Switch';
import { TextField } from '@/components/TextField';
import { isTable } from '@/documents/applyEdits';
import { FieldList } from '@/documents/fields/FieldList';
import type { GeneratorForm, Table } from '@/documents/form';
import { renameGenerator } from '@/documents/generators';
import { type FieldSchema, fieldsOf } from '@/documents/schema';
import { Section } from './Section';

const assetsById = (value: JsonValue | undefined): Table => (isTable(value) ? value : {});

/** The fields of a table below the generator. */
function useTable(form: GeneratorForm, steps: Step[], definition: string, table: string) {
  const { t } = useTranslation();
  const fields = useMemo(() => fieldsOf(form.schema, definition), [form.schema, definition]);
  const change = (field: FieldSchema, value: JsonValue | undefined, gesture: string | null) => {
    const names = [`operations.fields.${table}.${field.key}`, `operations.labels.${field.key}`];
    void form.set([...steps, field.key], t(names, field.key), value, gesture);
  };
  return { fields, change };
}

/** The keys with sections of their own. */
const ELSEWHERE = ['match', 'source', 'widths', 'parameters', 'operations', 'output'];

export function GeneratorSection({ form }: { form: GeneratorForm }) {
  const { t } = useTranslation();
  const own = useTable(form, [], 'Generator', 'generator');
  const match = useTable(form, ['match'], 'MatchRules', 'match');
  const matching = assetsById(form.own.match);
  const whole = { ...assetsById(form.inherited.match), ...matching };
  return (
    <Section
      name="generator"
      title={t('inspector.sections.generator')}
      summary={Object.keys(whole).length === 0 ? t('inspector.everyAsset') : pathsOf(whole)}
    >
      <Field label={t('inspector.name')}>{(id) => <NameField id={id} form={form} />}</Field>
      <FieldList
        table="generator"
        fields={own.fields}
        values={form.own}
        inherited={form.inherited}
        except={ELSEWHERE}
        onChange={own.change}
      />
      <h4>{t('inspector.sections.match')}</h4>
      <FieldList
        table="match"
        fields={match.fields}
        values={matching}
        inherited={assetsById(form.inherited.match)}
        onChange={match.change}
      />
    </Section>
  );
}

const pathsOf = ({ path }: Table) => (Array.isArray(path) ? path.join(', ') : String(path ?? ''));

/** The name field: applies with Enter or on blur, also to references in themes. */
function NameField({ id, form }: { id: string; form: GeneratorForm }) {
  const client = useQueryClient();
  const { file, generator } = form.active;
  const [text, setText] = useState(generator);
  useEffect(() => setText(generator), [generator]);
  const give = () => {
    const name = text.trim();
    if (name === '' || name === generator) return setText(generator);
    void renameGenerator(client, file, generator, name).then((fine) => !fine && setText(generator));
  };
  return (
    <TextField
      id={id}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={give}
      onKeyDown={(event) => {
        if (event.key === 'Enter') give();
        if (event.key === 'Escape') setText(generator);
      }}
    />
  );
}

export function SourceSection({ form }: { form: GeneratorForm }) {
  const { t } = useTranslation();
  const source = useTable(form, ['source'], 'SourceRules', 'source');
  const nested = useTable(form, ['source', 'subsample'], 'Subsample', 'subsample');
  const values = assetsById(form.own.source);
  const subsample = values.subsample;
  const name = t('operations.fields.source.subsample');
  return (
    <Section
      name="source"
      title={t('inspector.sections.source')}
      summary={Object.keys(values).join(', ')}
    >
      <FieldList
        table="source"
        fields={source.fields}
        values={values}
        inherited={assetsById(form.inherited.source)}
        except={['subsample']}
        onChange={source.change}
      />
      <Field label={name} hint={subsample === undefined ? t('inspector.subsampleHint') : undefined}>
        {(id) => (
          <span data-field="source.subsample">
            <Switch
              id={id}
              checked={subsample !== undefined}
              onChange={(on) =>
                void form.set(['source', 'subsample'], name, on ? { width: 1024 } : undefined)
              }
            />
          </span>
        )}
      </Field>
      {isTable(subsample) && (
        <FieldList
          table="subsample"
          fields={nested.fields}
          values={subsample}
          onChange={nested.change}
        />
      )}
    </Section>
  );
}

export function OutputSection({ form }: { form: GeneratorForm }) {
  const { t } = useTranslation();
  const output = useTable(form, ['output'], 'OutputRules', 'output');
  const values = assetsById(form.own.output);
  return (
    <Section
      name="output"
      title={t('inspector.sections.output')}
      summary={[values.format ?? form.defaults.format ?? '', values.quality ?? '']
        .flat()
        .filter((part) => part !== '' && !isTable(part))
        .join(' ')}
    >
      <FieldList
        table="output"
        fields={output.fields}
        values={values}
        inherited={form.defaults}
        onChange={output.change}
      />
    </Section>
  );
}
