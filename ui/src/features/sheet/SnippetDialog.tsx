// The dialog with HTML, manifest and placeholder for a web page.
import { useQuery } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { copyText } from '@/actions/clipboard';
import type { Asset } from '@/api/bindings';
import { snippetQuery } from '@/api/queries';
import { messageOf } from '@/api/rpc';
import { nameOf } from '@/assets/filter';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { Field } from '@/components/Field';
import { TextField } from '@/components/TextField';
import { announce } from '@/state/announce';
import { showError } from '@/state/notices';
import styles from './SnippetDialog.module.css';

interface Names {
  template: string;
  base: string;
  set: (change: Partial<Pick<Names, 'template' | 'base'>>) => void;
}

/** Kept until the window is closed. */
const useNames = create<Names>((set) => ({
  template: '{generator}/{path}/{stem}{variation}.{ext}',
  base: '',
  set: (change) => set(change),
}));

interface SnippetDialogProps {
  asset: Asset;
  group: { file: string; generator: string };
  onClose: () => void;
}

export function SnippetDialog({ asset, group, onClose }: SnippetDialogProps) {
  const { t } = useTranslation();
  const { template, base, set } = useNames();
  const { file, generator } = group;
  const names = useDeferredValue(template);
  const address = useDeferredValue(base);
  const wanted = { asset: asset.id, file, generator, template: names, base: address };
  const { data, error } = useQuery({
    ...snippetQuery(wanted),
    placeholderData: (former) => former,
  });
  const wrong = error ? messageOf(error) : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('snippet.title', { generator })}
      description={t('snippet.description', { name: nameOf(asset.path) })}
      size="medium"
    >
      <div className={styles.fields}>
        <Field label={t('snippet.template')} error={wrong}>
          {(id) => (
            <TextField
              id={id}
              value={template}
              aria-invalid={wrong !== undefined}
              onChange={(event) => set({ template: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('snippet.base')} hint={t('snippet.baseHint')}>
          {(id) => (
            <TextField
              id={id}
              value={base}
              onChange={(event) => set({ base: event.target.value })}
            />
          )}
        </Field>
      </div>
      {!data && !error && <p>{t('snippet.looking')}</p>}
      {data && (
        <>
          <Text what={t('snippet.html')} text={data.html} />
          <Text what={t('snippet.manifest')} text={data.manifest} />
          {data.thumbhash ? (
            <Text what={t('snippet.thumbhash')} text={data.thumbhash} />
          ) : (
            <p className={styles.none}>{t('snippet.noThumbhash')}</p>
          )}
        </>
      )}
    </Dialog>
  );
}

function Text({ what, text }: { what: string; text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState<string | null>(null);
  const copy = async () => {
    try {
      await copyText(text);
      setCopied(text);
      announce(t('snippet.copied', { what }));
    } catch (error) {
      showError(error);
    }
  };
  return (
    <section className={styles.text}>
      <header className={styles.header}>
        <h3 className={styles.what}>{what}</h3>
        {copied === text && <span className={styles.copied}>{t('snippet.copied', { what })}</span>}
        <Button onClick={copy} aria-label={`${t('snippet.copy')}: ${what}`}>
          <Copy aria-hidden />
          {t('snippet.copy')}
        </Button>
      </header>
      <textarea
        className={styles.pre}
        readOnly
        spellCheck={false}
        aria-label={what}
        rows={Math.min(9, text.split('\n').length)}
        value={text}
      />
    </section>
  );
}
