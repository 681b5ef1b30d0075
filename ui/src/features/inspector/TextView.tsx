// The text view of a preset: an editor kept in step with the form.
import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, StreamLanguage } from '@codemirror/language';
import { toml } from '@codemirror/legacy-modes/mode/toml';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { gotoLine, highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  tooltips,
} from '@codemirror/view';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { actionOf } from '@/actions/registry';
import type { Problem, Warning } from '@/api/bindings';
import { useStartUp } from '@/api/queries';
import { newGesture, type ShownDocument, setDocumentText } from '@/documents/edits';
import { type TextPosition, useTextPosition } from '@/documents/textPosition';
import { flushBefore } from '@/state/flush';
import { showError } from '@/state/notices';
import { useView } from '@/state/view';
import { complete } from './completion';
import { editorTheme } from './editorTheme';
import { minimalChange } from './minimalChange';
import { forwardKeys, shadowEditor } from './shadowEditor';
import styles from './TextView.module.css';

/** The text is sent after this time without typing, in milliseconds. */
const REST = 150;
/** A pause after which typing starts a new undo step, in milliseconds. */
const PAUSE = 1200;

/** Marks changes from the program, as opposed to the keyboard. */
const fromProgram = Annotation.define<boolean>();

interface TextViewProps {
  document: ShownDocument;
  problems: readonly Problem[];
  warnings: readonly Warning[];
}

export function TextView({ document, problems, warnings }: TextViewProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  /** Text that was typed and is not sent yet. */
  const typed = useRef<string | null>(null);
  const { file, text } = document;
  const schema = useStartUp()?.schema ?? null;
  const generator = useView((state) => state.active?.generator ?? '');
  const position = useTextPosition((state) => state.position);
  const label = t('inspector.textView.label', { file });
  const first = useRef({ text, schema, label });

  useLayoutEffect(() => {
    if (!host.current) return;
    const { root, parent } = shadowEditor(host.current);
    let rest: ReturnType<typeof setTimeout> | undefined;
    let gesture = newGesture('typing');
    let last = 0;
    const sendText = () => {
      clearTimeout(rest);
      const text = typed.current;
      if (text === null) return undefined;
      typed.current = null;
      return setDocumentText(client, file, text, gesture);
    };
    const onChange = EditorView.updateListener.of((update) => {
      if (!update.docChanged || update.transactions.some((one) => one.annotation(fromProgram)))
        return;
      const now = performance.now();
      if (now - last > PAUSE) gesture = newGesture('typing');
      last = now;
      typed.current = update.state.doc.toString();
      clearTimeout(rest);
      rest = setTimeout(() => void sendText(), REST);
    });
    const perform = (id: string) => () => {
      const action = actionOf(id);
      void (async () => {
        await sendText();
        await action?.perform({ client });
      })().catch(showError);
      return true;
    };
    view.current = new EditorView({
      root,
      parent,
      state: EditorState.create({
        doc: first.current.text,
        extensions: [
          keymap.of([
            { key: 'Mod-s', run: perform('file.save'), preventDefault: true },
            { key: 'Mod-z', run: perform('edit.undo'), preventDefault: true },
            { key: 'Mod-y', run: perform('edit.redo'), preventDefault: true },
            { key: 'Mod-Shift-z', run: perform('edit.redo'), preventDefault: true },
            { key: 'Mod-g', run: gotoLine },
          ]),
          keymap.of([...completionKeymap, ...searchKeymap, ...defaultKeymap, indentWithTab]),
          lineNumbers(),
          lintGutter(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          drawSelection(),
          EditorView.lineWrapping,
          // The panel is narrow: a completion's description is placed below it.
          tooltips({ tooltipSpace: (editor) => editor.dom.getBoundingClientRect() }),
          bracketMatching(),
          closeBrackets(),
          search({ top: false }),
          StreamLanguage.define(toml),
          autocompletion({ override: [complete(first.current.schema)], icons: false }),
          EditorState.tabSize.of(2),
          EditorView.contentAttributes.of({ 'aria-label': first.current.label, tabindex: '0' }),
          editorTheme,
          onChange,
        ],
      }),
    });
    const stops = [flushBefore(sendText), forwardKeys(host.current)];
    return () => {
      void sendText();
      for (const stop of stops) stop();
      view.current?.destroy();
      view.current = null;
    };
  }, [client, file]);

  useEffect(() => {
    const editor = view.current;
    // Unsent text is newer than the program's.
    if (!editor || typed.current !== null) return;
    const change = minimalChange(editor.state.doc.toString(), text);
    if (!change) return;
    editor.dispatch({ changes: change, annotations: fromProgram.of(true) });
  }, [text]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    editor.dispatch(
      setDiagnostics(editor.state, [
        ...diagnostics(editor.state.doc, problems, 'error'),
        ...diagnostics(editor.state.doc, warnings, 'warning'),
      ]),
    );
    // The list of problems shrinks the editor: keep the cursor visible.
    if (editor.hasFocus) {
      const { head } = editor.state.selection.main;
      requestAnimationFrame(() => {
        if (view.current !== editor || head > editor.state.doc.length) return;
        editor.dispatch({
          effects: EditorView.scrollIntoView(head, { y: 'nearest', yMargin: 24 }),
        });
      });
    }
  }, [problems, warnings]);

  useEffect(() => {
    const editor = view.current;
    const pending = useTextPosition.getState().position;
    // A position to reveal has priority over its generator.
    if (!editor || pending?.file === file || generator === '') return;
    const at = headerOf(editor.state.doc.toString(), generator);
    if (at === null) return;
    const effects = EditorView.scrollIntoView(at, { y: 'start', yMargin: 24 });
    editor.dispatch({ selection: { anchor: at }, effects });
    // Lines above are measured only now; wrapped ones move the target.
    const frame = requestAnimationFrame(() => {
      if (view.current === editor && at <= editor.state.doc.length) editor.dispatch({ effects });
    });
    return () => cancelAnimationFrame(frame);
  }, [generator, file]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || position?.file !== file) return;
    const { from, to } = rangeOf(editor.state.doc, position);
    editor.dispatch({
      selection: { anchor: from, head: to },
      effects: EditorView.scrollIntoView(from, { y: 'center' }),
    });
    editor.focus();
    useTextPosition.setState({ position: null });
  }, [position, file]);

  return <div ref={host} className={styles.host} data-typing data-text-view />;
}

function diagnostics(
  doc: Text,
  found: readonly Pick<Problem, 'line' | 'column' | 'length' | 'message'>[],
  severity: Diagnostic['severity'],
): Diagnostic[] {
  return found.map((problem) => ({
    ...rangeOf(doc, { ...problem, length: problem.length ?? 0 }),
    severity,
    message: problem.message,
  }));
}

/** The range of a problem; columns count code points. */
export function rangeOf(doc: Text, { line, column, length }: Omit<TextPosition, 'file'>) {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  const characters = [...at.text];
  const offset = (count: number) => characters.slice(0, count).join('').length;
  const from = at.from + offset(column - 1);
  const to = length > 0 ? at.from + offset(column - 1 + length) : Math.max(from, at.to);
  return { from, to: Math.max(from, to) };
}

/** The offset at which a generator's table begins. */
export function headerOf(text: string, generator: string): number | null {
  const name = generator.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const key = `(?:${name}|"${name}"|'${name}')`;
  const header = new RegExp(`^[ \\t]*\\[\\s*generators\\s*\\.\\s*${key}\\s*[\\].]`, 'm').exec(text);
  const inline = new RegExp(`^[ \\t]*(?:generators\\s*\\.\\s*)?${key}\\s*[.=]`, 'm').exec(text);
  return (header ?? inline)?.index ?? null;
}
