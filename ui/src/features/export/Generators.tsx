// The choice of generators, by preset file.
import { useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { GeneratorChoice, PresetFile } from '@/api/bindings';
import { exportable } from '@/assets/exporting';
import { Button } from '@/components/Button';
import { generatorKey } from '@/state/view';
import styles from './ExportDialog.module.css';
import { exportProblem } from './exportRequest';

interface GeneratorsProps {
  presets: readonly PresetFile[];
  generators: readonly GeneratorChoice[];
  onChange: (generators: GeneratorChoice[]) => void;
}

export function Generators({ presets, generators, onChange }: GeneratorsProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Scrolls to the first chosen generator.
    const first = list.current?.querySelector('fieldset:has(input:checked)');
    if (list.current && first) {
      const inner = first.getBoundingClientRect().top - list.current.getBoundingClientRect().top;
      list.current.scrollTop += inner - 2;
    }
  }, []);
  return (
    <div className={styles.line}>
      <span className={styles.label}>{t('export.generators')}</span>
      <div ref={list} className={styles.checklist}>
        {presets.length === 0 && <p className={styles.soft}>{t('export.noPresets')}</p>}
        {presets.map((preset) => (
          <File
            key={preset.file}
            {...{ preset, generators }}
            onChange={(chosen) =>
              onChange([...generators.filter(({ file }) => file !== preset.file), ...chosen])
            }
          />
        ))}
      </div>
    </div>
  );
}

interface FileProps {
  preset: PresetFile;
  generators: readonly GeneratorChoice[];
  /** Called with the chosen generators of this file. */
  onChange: (generators: GeneratorChoice[]) => void;
}

function File({ preset, generators, onChange }: FileProps) {
  const { t } = useTranslation();
  const { file } = preset;
  const chosen = generators.filter((one) => one.file === file);
  const all = exportable([preset]);
  return (
    <fieldset className={styles.file}>
      <legend className={styles.legend}>
        <span className={styles.ellipsis}>{file}</span>
        <Button
          look="quiet"
          className={styles.few}
          aria-label={t('export.allOf', { file })}
          onClick={() => onChange(all)}
        >
          {t('export.all')}
        </Button>
        <Button
          look="quiet"
          className={styles.few}
          aria-label={t('export.noneOf', { file })}
          onClick={() => onChange([])}
        >
          {t('export.none')}
        </Button>
      </legend>
      {preset.trouble !== null && <p className={styles.bad}>{preset.trouble}</p>}
      {preset.generators.map(({ name, broken }) => {
        const choice = { file, generator: name };
        return (
          <Line
            key={name}
            name={name}
            checked={chosen.some((one) => generatorKey(one) === generatorKey(choice))}
            reason={
              broken || preset.trouble !== null
                ? (exportProblem(preset, name) ?? t('export.broken'))
                : null
            }
            onChange={(now) =>
              onChange(
                now ? [...chosen, choice] : chosen.filter(({ generator }) => generator !== name),
              )
            }
          />
        );
      })}
    </fieldset>
  );
}

interface LineProps {
  name: string;
  checked: boolean;
  /** Why the generator cannot be exported. */
  reason: string | null;
  onChange: (checked: boolean) => void;
}

function Line({ name, checked, reason, onChange }: LineProps) {
  const id = useId();
  return (
    <div className={styles.generator}>
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={reason !== null}
        aria-describedby={reason === null ? undefined : `${id}-reason`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{name}</label>
      {reason !== null && (
        <span id={`${id}-reason`} className={styles.reason}>
          {reason}
        </span>
      )}
    </div>
  );
}
