// Edits a theme: its generator and its sizes. Changes apply at once.
import { useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Edit, JsonValue, Step } from '@/api/bindings';
import { usePresets, useStartUp } from '@/api/queries';
import { Button, IconButton } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Field } from '@/components/Field';
import { Select } from '@/components/Select';
import { Switch } from '@/components/Switch';
import { TextField } from '@/components/TextField';
import { at, isTable } from '@/documents/applyEdits';
import { changeDocument, useDocument } from '@/documents/edits';
import { LengthField } from '@/documents/fields/LengthField';
import { useTypingGesture } from '@/documents/fields/plainFields';
import { fieldsOf } from '@/documents/schema';
import { freeName } from '@/documents/startingPoints';
import { inOrder } from '@/documents/variations';
import styles from './ThemeList.module.css';

interface ThemeDialogProps {
  file: string;
  name: string;
  onRename: (name: string) => void;
  onRemove: () => void;
  onClose: () => void;
}

export function ThemeDialog({ file, name, onRename, onRemove, onClose }: ThemeDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const typing = useTypingGesture();
  const document = useDocument(file);
  const schema = useStartUp()?.schema ?? null;
  const fields = useMemo(() => fieldsOf(schema, 'Variation'), [schema]);
  const preset = usePresets().find((preset) => preset.file === file);
  const generators = preset?.generators ?? [];
  const theme = at(document?.value, ['themes', name]);
  const own = isTable(theme) ? theme : {};
  const variations = isTable(own.variations) ? own.variations : {};
  const order = preset?.themes.find((one) => one.name === name)?.variations ?? [];

  const edit = (edits: Edit[], gesture: string | null = null, label?: string) =>
    changeDocument(client, file, {
      edits,
      gesture,
      label: label ?? t('generators.labels.theme', { name }),
    });
  const set = (steps: Step[], value: JsonValue | undefined, gesture: string | null = null) => {
    const path: Step[] = ['themes', name, ...steps];
    if (value === undefined && at(document?.value, path) === undefined) return;
    void edit(
      [value === undefined ? { kind: 'remove', path } : { kind: 'set', path, value }],
      gesture,
    );
  };
  const rename = async (to: string) => {
    const label = t('generators.labels.renameTheme', { name, to });
    if (await edit([{ kind: 'rename', path: ['themes', name], to }], null, label)) onRename(to);
  };
  const add = () => {
    const key = freeName('size', Object.keys(variations));
    set(['variations', key], { width: 800 });
  };
  const last = Object.keys(variations).length <= 1;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('generators.themes.editThis', { name })}
      footer={
        <>
          <Button look="danger" onClick={onRemove}>
            {t('generators.themes.delete')}
          </Button>
          <Button look="primary" onClick={onClose}>
            {t('common.close')}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Field label={t('generators.themes.name')}>
          {(id) => <CommitField id={id} value={name} onCommit={(to) => void rename(to)} />}
        </Field>
        <Field label={t('generators.themes.generator')}>
          {(id) => (
            <Select
              id={id}
              value={String(own.generator ?? '')}
              options={generators.map((one) => ({ value: one.name, label: one.name }))}
              onChange={(generator) => set(['generator'], generator)}
            />
          )}
        </Field>
        <Field label={t('operations.fields.theme.description')}>
          {(id) => (
            <TextField
              id={id}
              value={typeof own.description === 'string' ? own.description : ''}
              onChange={(event) =>
                set(['description'], event.target.value || undefined, typing.now())
              }
              onBlur={typing.end}
            />
          )}
        </Field>
        <table className={styles.table} aria-label={t('generators.themes.variations')}>
          <thead>
            <tr>
              {['name', 'width', 'height', 'crop'].map((column) => (
                <th key={column}>{t(`generators.themes.columns.${column}`)}</th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {inOrder(variations, order).map(([key, value]) => {
              const variation = isTable(value) ? value : {};
              return (
                <tr key={key}>
                  <td>
                    <CommitField
                      value={key}
                      label={t('generators.themes.variationName')}
                      onCommit={(to) =>
                        void edit([
                          { kind: 'rename', path: ['themes', name, 'variations', key], to },
                        ])
                      }
                    />
                  </td>
                  {['width', 'height'].map((side) => {
                    const field = fields.find((one) => one.key === side);
                    return (
                      <td key={side}>
                        {field && (
                          <LengthField
                            id={`${key}-${side}`}
                            label={t(`generators.themes.${side}`, { name: key })}
                            table="resize"
                            field={field}
                            value={variation[side]}
                            fallback={undefined}
                            onChange={(now, gesture) =>
                              set(['variations', key, side], now, gesture)
                            }
                          />
                        )}
                      </td>
                    );
                  })}
                  <td>
                    <Switch
                      label={t('generators.themes.crop', { name: key })}
                      checked={variation.crop === true}
                      onChange={(crop) => set(['variations', key, 'crop'], crop || undefined)}
                    />
                  </td>
                  <td>
                    <IconButton
                      label={
                        last
                          ? t('generators.themes.last')
                          : t('generators.themes.removeVariation', { name: key })
                      }
                      icon={<X />}
                      disabled={last}
                      onClick={() => set(['variations', key], undefined)}
                    />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
        <div>
          <Button onClick={add}>
            <Plus /> {t('generators.themes.addVariation')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

interface CommitFieldProps {
  id?: string;
  label?: string;
  value: string;
  onCommit: (value: string) => void;
}

/** A text field that applies with Enter and on blur. */
function CommitField({ id, label, value, onCommit }: CommitFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const give = () => {
    const typed = text.trim();
    if (typed === '') setText(value);
    else if (typed !== value) onCommit(typed);
  };
  return (
    <TextField
      id={id}
      aria-label={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={give}
      onKeyDown={(event) => event.key === 'Enter' && give()}
    />
  );
}
