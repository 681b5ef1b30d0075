// Responsive widths: one variation each, which override the width of the last resize.
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/components/Button';
import { TextField } from '@/components/TextField';
import { type GeneratorForm, listOf } from '@/documents/form';
import styles from './Inspector.module.css';
import { Section } from './Section';

const MOST = 65535;

/** Parses widths such as `320, 640`, without existing ones. */
export function widthsIn(text: string, present: readonly number[]): number[] {
  const numbers = text.split(/[\s,;]+/).map(Number);
  const right = numbers.filter((one) => Number.isInteger(one) && one >= 1 && one <= MOST);
  return [...new Set(right)].filter((one) => !present.includes(one));
}

export function WidthsSection({ form }: { form: GeneratorForm }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const widths = listOf(form, 'widths').map(Number);
  const label = t('inspector.changed', {
    name: t('inspector.sections.widths'),
    generator: form.active.generator,
  });
  const found = widthsIn(text, widths);
  const add = () => {
    const present = [...widths];
    const edits = found.map((width) => {
      const later = present.findIndex((other) => other > width);
      const index = later < 0 ? present.length : later;
      present.splice(index, 0, width);
      return { kind: 'insert', path: form.path('widths'), index, value: width } as const;
    });
    setText('');
    void form.edit(label, edits);
  };
  const remove = (index: number) =>
    void (widths.length === 1
      ? form.set(['widths'], t('inspector.sections.widths'), undefined)
      : form.edit(label, [{ kind: 'remove', path: form.path('widths', index) }]));
  return (
    <Section name="widths" title={t('inspector.sections.widths')} summary={widths.join(', ')}>
      {widths.length > 0 && (
        <ul className={styles.chips} aria-label={t('inspector.sections.widths')}>
          {widths.map((width, index) => (
            <li key={width} className={styles.chip}>
              <span>{width}</span>
              <button
                type="button"
                aria-label={t('inspector.widths.remove', { width })}
                onClick={() => remove(index)}
              >
                <X />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.row}>
        <TextField
          aria-label={t('inspector.widths.add')}
          placeholder="320, 640, 1280"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && found.length > 0 && add()}
        />
        <IconButton
          label={t('inspector.widths.add')}
          icon={<Plus />}
          disabled={found.length === 0}
          onClick={add}
        />
      </div>
      <p className={styles.hint}>{t('inspector.widths.hint')}</p>
    </Section>
  );
}
