// The themes of the active preset file, with their variations.
import { useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ThemeInfo } from '@/api/bindings';
import { usePresets } from '@/api/queries';
import { IconButton } from '@/components/Button';
import chip from '@/components/chip.module.css';
import { ContextMenu } from '@/components/Menu';
import { changeDocument, useDocument } from '@/documents/edits';
import { freeName } from '@/documents/startingPoints';
import { canVary, themeSizesOf } from '@/documents/variations';
import { useView } from '@/state/view';
import part from './part.module.css';
import { ThemeDialog } from './ThemeDialog';
import styles from './ThemeList.module.css';

export function ThemeList() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const active = useView((view) => view.active);
  const preset = usePresets().find(({ file }) => file === active?.file);
  const value = useDocument(active?.file ?? null)?.value;
  const [opened, setOpened] = useState<{ file: string; name: string } | null>(null);
  if (!preset || preset.generators.length === 0) return null;
  const { file, themes, generators } = preset;
  const resizing = generators.map(({ name }) => name).filter((name) => canVary(value, name));
  const generator = resizing.find((name) => name === active?.generator) ?? resizing[0];
  // The dialog closes when another file becomes active.
  const edited = opened?.file === file ? opened.name : null;
  const setEdited = (name: string | null) => setOpened(name === null ? null : { file, name });

  const add = async () => {
    const names = themes.map(({ name }) => name);
    const name = freeName('theme', names);
    if (generator === undefined) return;
    const size = freeName('square', themeSizesOf(value, generator));
    const theme = { generator, variations: { [size]: { width: 600, height: 600, crop: true } } };
    const label = t('generators.labels.addTheme', { name });
    const edits = [{ kind: 'set' as const, path: ['themes', name], value: theme }];
    if (await changeDocument(client, file, { edits, label })) setEdited(name);
  };
  const remove = (name: string) => {
    setEdited(null);
    const label = t('generators.labels.deleteTheme', { name });
    void changeDocument(client, file, {
      edits: [{ kind: 'remove', path: ['themes', name] }],
      label,
    });
  };
  return (
    <section className={styles.part} aria-labelledby="themes-title">
      <header className={part.header}>
        <h2 id="themes-title" className={part.heading}>
          {t('generators.themes.title')}
        </h2>
        <IconButton
          label={t(generator ? 'generators.themes.add' : 'generators.themes.noResize')}
          icon={<Plus />}
          disabled={generator === undefined}
          onClick={() => void add()}
        />
      </header>
      {themes.length === 0 && <p className={styles.nothing}>{t('generators.themes.none')}</p>}
      <ul>
        {themes.map((theme) => (
          <Theme
            key={theme.name}
            {...{ file, theme }}
            onEdit={() => setEdited(theme.name)}
            onRemove={() => remove(theme.name)}
          />
        ))}
      </ul>
      {edited !== null && (
        <ThemeDialog
          key={edited}
          {...{ file }}
          name={edited}
          onRename={setEdited}
          onRemove={() => remove(edited)}
          onClose={() => setEdited(null)}
        />
      )}
    </section>
  );
}

interface ThemeProps {
  file: string;
  theme: ThemeInfo;
  onEdit: () => void;
  onRemove: () => void;
}

function Theme({ file, theme, onEdit, onRemove }: ThemeProps) {
  const { t } = useTranslation();
  const active = useView((view) => view.active);
  const { name, generator, variations, description } = theme;
  const isActive = (variation: string) =>
    active?.file === file &&
    active.generator === generator &&
    active.variation === `${name}/${variation}`;
  const choose = (variation: string) =>
    useView.getState().set({
      active: { file, generator, variation: `${name}/${variation}`, format: null },
    });
  return (
    <li className={styles.theme}>
      <ContextMenu
        entries={[
          { label: t('generators.themes.edit'), perform: onEdit },
          { label: t('generators.themes.delete'), danger: true, perform: onRemove },
        ]}
      >
        <div className={styles.line} title={description ?? undefined}>
          <span className={styles.name}>{name}</span>
          <span className={styles.of}>{t('generators.themes.of', { generator })}</span>
          <IconButton
            label={t('generators.themes.editThis', { name })}
            icon={<Pencil />}
            className={styles.edit}
            onClick={onEdit}
          />
        </div>
      </ContextMenu>
      <ul className={styles.variations}>
        {variations.map((variation) => (
          <li key={variation}>
            <button
              type="button"
              className={`${chip.chip} ${styles.variation}`}
              aria-pressed={isActive(variation)}
              onClick={() => choose(variation)}
            >
              {variation}
            </button>
          </li>
        ))}
      </ul>
    </li>
  );
}
