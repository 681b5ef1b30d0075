// The dialog that creates a preset file, blank or from a starter.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Starter } from '@/api/bindings';
import { usePresets } from '@/api/queries';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Field } from '@/components/Field';
import { TextField } from '@/components/TextField';
import { createPreset, presetPath, useNewPreset } from '@/documents/generators';
import { StarterList } from './StarterList';

export function NewPresetDialog() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const open = useNewPreset((state) => state.open);
  const presets = usePresets();
  const [typed, setTyped] = useState<string | null>(null);
  const [starter, setStarter] = useState<Starter | null>(null);
  // A starter names the file until a name is typed.
  const name = typed ?? starter ?? '';
  const file = presetPath(name);
  const taken = presets.some((preset) => preset.file === file);
  const fine = name.trim() !== '' && !taken;
  const close = () => {
    useNewPreset.setState({ open: false });
    setTyped(null);
    setStarter(null);
  };
  const make = async () => {
    if (fine && (await createPreset(client, name, starter))) close();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={t('generators.newFile')}
      description={t('generators.newFileHint')}
      footer={
        <>
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button look="primary" disabled={!fine} onClick={() => void make()}>
            {t('generators.create')}
          </Button>
        </>
      }
    >
      <Field
        label={t('generators.fileName')}
        hint={name.trim() === '' ? undefined : file}
        error={taken ? t('generators.taken') : undefined}
      >
        {(id) => (
          <TextField
            id={id}
            value={name}
            placeholder="web"
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && void make()}
          />
        )}
      </Field>
      <StarterList value={starter} onChange={setStarter} />
    </Dialog>
  );
}
