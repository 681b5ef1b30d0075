// Shows the two texts of a preset file side by side, and saves the one that the user settles on.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { StreamLanguage } from '@codemirror/language';
import { toml } from '@codemirror/legacy-modes/mode/toml';
import { MergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cacheDocument, presetsQuery } from '@/api/queries';
import { call } from '@/api/rpc';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { showError } from '@/state/notices';
import styles from './ConflictDialog.module.css';
import { editorTheme } from './editorTheme';
import { shadowEditor } from './shadowEditor';

interface ConflictProps {
  file: string;
  theirs: string;
  mine: string;
  onClose: () => void;
}

export default function Conflict({ file, theirs, mine, onClose }: ConflictProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const mixture = useRef(mine);
  const [mixed, setMixed] = useState(false);
  const end = async (text: string) => {
    setBusy(true);
    try {
      cacheDocument(client, await call('resolve_conflict', { file, text }));
      void client.invalidateQueries({ queryKey: presetsQuery.queryKey });
      onClose();
    } catch (error) {
      showError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      size="large"
      onClose={onClose}
      title={t('inspector.conflict.title', { file })}
      description={t('inspector.conflict.description')}
      footer={
        <>
          <Button disabled={busy} onClick={() => void end(theirs)}>
            {t('inspector.conflict.takeTheirs')}
          </Button>
          <Button disabled={busy} onClick={() => void end(mine)}>
            {t('inspector.conflict.takeMine')}
          </Button>
          <Button
            look="primary"
            disabled={busy || !mixed}
            onClick={() => void end(mixture.current)}
          >
            {t('inspector.conflict.takeMixture')}
          </Button>
        </>
      }
    >
      <div className={styles.sides}>
        <h3>{t('inspector.conflict.theirs')}</h3>
        <h3>{t('inspector.conflict.mine')}</h3>
      </div>
      <Difference
        theirs={theirs}
        mine={mine}
        onChange={(text) => {
          mixture.current = text;
          setMixed(text !== mine);
        }}
      />
    </Dialog>
  );
}

interface DifferenceProps {
  theirs: string;
  mine: string;
  onChange: (text: string) => void;
}

/** The version on disk on the left, read-only; the user's on the right, editable. */
function Difference({ theirs, mine, onChange }: DifferenceProps) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef({ onChange, t, mine, theirs });
  useEffect(() => {
    if (!host.current) return;
    const { onChange, t, mine, theirs } = latest.current;
    const { root, parent } = shadowEditor(host.current);
    const shared = [
      lineNumbers(),
      EditorView.lineWrapping,
      StreamLanguage.define(toml),
      editorTheme,
    ];
    const merge = new MergeView({
      root,
      parent,
      a: {
        doc: theirs,
        extensions: [
          ...shared,
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': t('inspector.conflict.theirs') }),
        ],
      },
      b: {
        doc: mine,
        extensions: [
          ...shared,
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': t('inspector.conflict.mine') }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) onChange(update.state.doc.toString());
          }),
        ],
      },
      revertControls: 'a-to-b',
      renderRevertControl: () => {
        const button = window.document.createElement('button');
        button.type = 'button';
        button.textContent = '→';
        button.title = t('inspector.conflict.take');
        button.setAttribute('aria-label', t('inspector.conflict.take'));
        return button;
      },
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
    });
    merge.dom.style.height = '100%';
    merge.dom.style.overflow = 'auto';
    return () => merge.destroy();
  }, []);
  return <div ref={host} className={styles.host} data-typing />;
}
