// Export profiles: choices of the dialog, saved under a name.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportProfile, ExportProfiles, GeneratorChoice } from '@/api/bindings';
import { exportProfilesQuery } from '@/api/queries';
import { call } from '@/api/rpc';
import { Button, IconButton } from '@/components/Button';
import { Field } from '@/components/Field';
import { Select } from '@/components/Select';
import { TextField } from '@/components/TextField';
import { useExportChoices } from '@/state/exportChoices';
import { showError } from '@/state/notices';
import { generatorKey } from '@/state/view';
import styles from './ExportDialog.module.css';

interface ProfilesProps {
  /** The generators that are chosen now. */
  generators: readonly GeneratorChoice[];
  onChoose: (profile: ExportProfile) => void;
}

export function Profiles({ generators, onChoose }: ProfilesProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const profiles = useQuery(exportProfilesQuery).data?.profiles ?? [];
  const { destination, template, onConflict, parameters } = useExportChoices();
  const [name, setName] = useState<string | null>(null);
  const choices: ExportProfile = {
    name: '',
    generators: [...generators],
    destination,
    template,
    on_conflict: onConflict,
    parameters,
  };
  const current = profiles.find((profile) => isSame(profile, choices));
  const put = (changing: Promise<ExportProfiles>) =>
    changing.then((now) => client.setQueryData(exportProfilesQuery.queryKey, now));
  const save = async () => {
    if (!name?.trim()) return;
    await put(call('save_export_profile', { ...choices, name: name.trim() }));
    setName(null);
  };
  return (
    <Field label={t('export.profile')}>
      {(id) =>
        name === null ? (
          <span className={styles.row}>
            <Select
              id={id}
              className={styles.grow}
              value={current?.name ?? ''}
              options={[
                { value: '', label: t('export.profileNone') },
                ...profiles.map((profile) => ({
                  value: profile.name,
                  label: profile.name,
                  description: profile.destination?.path,
                })),
              ]}
              onChange={(chosen) => {
                const profile = profiles.find((one) => one.name === chosen);
                if (profile) onChoose(profile);
              }}
            />
            {current && (
              <IconButton
                label={t('export.profileDelete', { name: current.name })}
                icon={<Trash2 />}
                onClick={() =>
                  void put(call('forget_export_profile', { name: current.name })).catch(showError)
                }
              />
            )}
            {!current && (
              <Button disabled={generators.length === 0} onClick={() => setName('')}>
                {t('export.profileSave')}
              </Button>
            )}
          </span>
        ) : (
          <span className={styles.row}>
            <TextField
              id={id}
              autoFocus
              value={name}
              maxLength={100}
              placeholder={t('export.profileName')}
              onChange={(event) => setName(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') void save().catch(showError);
                if (event.key !== 'Escape') return;
                // Escape leaves the field, not the dialog.
                event.stopPropagation();
                setName(null);
              }}
            />
            <Button disabled={!name.trim()} onClick={() => void save().catch(showError)}>
              {t('common.save')}
            </Button>
            <Button onClick={() => setName(null)}>{t('common.cancel')}</Button>
          </span>
        )
      }
    </Field>
  );
}

/** Whether a profile says what the dialog says; the order of generators does not matter. */
function isSame(profile: ExportProfile, choices: ExportProfile): boolean {
  const comparable = (one: ExportProfile) =>
    JSON.stringify([
      one.generators.map(generatorKey).sort(),
      one.destination?.path ?? null,
      one.template,
      one.on_conflict,
      Object.entries(one.parameters)
        .filter(([, value]) => value !== '')
        .sort(),
    ]);
  return comparable(profile) === comparable(choices);
}
