// Title and alt text of an image. What is typed is sent once the typing rests.
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Asset } from '@/api/bindings';
import { useStartUp } from '@/api/queries';
import { call } from '@/api/rpc';
import { TextField } from '@/components/TextField';
import { newGesture } from '@/documents/edits';
import { flushBefore } from '@/state/flush';
import { showError } from '@/state/notices';
import styles from './AssetPanel.module.css';

/** How long the typing rests before it is sent, in milliseconds. */
const REST = 500;

interface Typed {
  title: string;
  alt: string;
}

const typedOf = ({ title, alt }: Asset): Typed => ({ title: title ?? '', alt: alt ?? '' });

export function AssetTexts({ asset }: { asset: Asset }) {
  const { t } = useTranslation();
  const isReadOnly = useStartUp()?.workspace?.read_only != null;
  const [typed, set, send] = useTyped(asset);
  const id = `asset-${asset.id}`;
  return (
    <div className={styles.texts}>
      <label htmlFor={`${id}-title`}>{t('inspector.image.title')}</label>
      <TextField
        id={`${id}-title`}
        value={typed.title}
        maxLength={1000}
        readOnly={isReadOnly}
        onChange={(event) => set({ ...typed, title: event.target.value })}
        onBlur={send}
        onKeyDown={(event) => event.key === 'Enter' && send()}
      />
      <label htmlFor={`${id}-alt`}>{t('inspector.image.alt')}</label>
      <textarea
        id={`${id}-alt`}
        className={styles.alt}
        rows={3}
        value={typed.alt}
        maxLength={1000}
        readOnly={isReadOnly}
        aria-describedby={`${id}-hint`}
        onChange={(event) => set({ ...typed, alt: event.target.value })}
        onBlur={send}
      />
      <p id={`${id}-hint`} className={styles.hint}>
        {t('inspector.image.altHint', { placeholder: '{asset.alt}' })}
      </p>
    </div>
  );
}

/** The texts as they are typed; a function that changes them; one that sends them now. */
function useTyped(asset: Asset) {
  const saved = typedOf(asset);
  const [typed, setTyped] = useState(saved);
  const unsent = useRef<Typed | null>(null);
  const gesture = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const send = useRef(async () => {
    clearTimeout(timer.current);
    const texts = unsent.current;
    unsent.current = null;
    if (texts === null) return;
    gesture.current ??= newGesture('typing');
    try {
      await call('annotate', {
        kind: 'texts',
        asset: asset.id,
        ...texts,
        gesture: gesture.current,
      });
    } catch (error) {
      showError(error);
    }
  });
  // What the program has replaces what was typed, unless that is still to be sent: after an undo.
  useEffect(() => {
    if (unsent.current === null) setTyped({ title: saved.title, alt: saved.alt });
  }, [saved.title, saved.alt]);
  useEffect(() => {
    const stop = flushBefore(() => send.current());
    return () => {
      stop();
      void send.current();
    };
  }, []);
  const set = (now: Typed) => {
    setTyped(now);
    unsent.current = now;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void send.current(), REST);
  };
  const finish = () => {
    void send.current();
    gesture.current = null;
  };
  return [typed, set, finish] as const;
}
