// The preset's text: an editor that follows the form, and that the form follows.
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
import type { Problem } from '@/api/bindings';
import { useStartUp } from '@/api/queries';
import { newGesture, type ShownDocument, setDocumentText } from '@/documents/edits';
import { type TextPosition, useTextPosition } from '@/documents/textPosition';
import { flushBefore } from '@/state/flush';
import { showError } from '@/state/notices';
import { useView } from '@/state/view';
import { complete } from './completion';
import { editorTheme } from './editorTheme';
import { minimalChange } from './minimalChange';
import { handOn, shadowEditor } from './shadowEditor';
import styles from './TextView.module.css';

/** How long typing rests before the program is told, in milliseconds. */
const REST = 150;
/** A pause that ends what is undone together, in milliseconds. */
const PAUSE = 1200;

/** Marks what comes from the program, not from the keyboard. */
const followed = Annotation.define<boolean>();

interface TextViewProps {
  document: ShownDocument;
  problems: readonly Problem[];
}

export function TextView({ document, problems }: TextViewProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  /** What was typed and is not told yet. */
  const typed = useRef<string | null>(null);
  const { file, text } = document;
  const schema = useStartUp()?.schema ?? null;
  const generator = useView((state) => state.active?.generator ?? '');
  const place = useTextPosition((state) => state.place);
  const label = t('inspector.textView.label', { file });
  const first = useRef({ text, schema, label });

  useLayoutEffect(() => {
    if (!host.current) return;
    const { root, parent } = shadowEditor(host.current);
    let rest: ReturnType<typeof setTimeout> | undefined;
    let gesture = newGesture('typing');
    let last = 0;
    const tell = () => {
      clearTimeout(rest);
      const text = typed.current;
      if (text === null) return undefined;
      typed.current = null;
      return setDocumentText(client, file, text, gesture);
    };
    const hear = EditorView.updateListener.of((update) => {
      if (!update.docChanged || update.transactions.some((one) => one.annotation(followed))) return;
      const now = performance.now();
      if (now - last > PAUSE) gesture = newGesture('typing');
      last = now;
      typed.current = update.state.doc.toString();
      clearTimeout(rest);
      rest = setTimeout(() => void tell(), REST);
    });
    const perform = (id: string) => () => {
      const action = actionOf(id);
      void (async () => {
        await tell();
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
          // What a completion says of itself stands below it: the panel is narrow.
          tooltips({ tooltipSpace: (editor) => editor.dom.getBoundingClientRect() }),
          bracketMatching(),
          closeBrackets(),
          search({ top: false }),
          StreamLanguage.define(toml),
          autocompletion({ override: [complete(first.current.schema)], icons: false }),
          EditorState.tabSize.of(2),
          EditorView.contentAttributes.of({ 'aria-label': first.current.label, tabindex: '0' }),
          editorTheme,
          hear,
        ],
      }),
    });
    const stops = [flushBefore(tell), handOn(host.current)];
    return () => {
      void tell();
      for (const stop of stops) stop();
      view.current?.destroy();
      view.current = null;
    };
  }, [client, file]);

  useEffect(() => {
    const editor = view.current;
    // What is being typed is newer than what the program has.
    if (!editor || typed.current !== null) return;
    const change = minimalChange(editor.state.doc.toString(), text);
    if (!change) return;
    editor.dispatch({ changes: change, annotations: followed.of(true) });
  }, [text]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    editor.dispatch(setDiagnostics(editor.state, diagnostics(editor.state.doc, problems)));
    // The list of problems takes room from the editor: the cursor stays in sight.
    if (editor.hasFocus) {
      const { head } = editor.state.selection.main;
      requestAnimationFrame(() => {
        if (view.current !== editor || head > editor.state.doc.length) return;
        editor.dispatch({
          effects: EditorView.scrollIntoView(head, { y: 'nearest', yMargin: 24 }),
        });
      });
    }
  }, [problems]);

  useEffect(() => {
    const editor = view.current;
    const wanted = useTextPosition.getState().place;
    // A link to a place goes before the generator that the place is in.
    if (!editor || wanted?.file === file || generator === '') return;
    const at = headerOf(editor.state.doc.toString(), generator);
    if (at === null) return;
    const effects = EditorView.scrollIntoView(at, { y: 'start', yMargin: 24 });
    editor.dispatch({ selection: { anchor: at }, effects });
    // Lines above are measured only now: where they wrap, the place has moved.
    const frame = requestAnimationFrame(() => {
      if (view.current === editor && at <= editor.state.doc.length) editor.dispatch({ effects });
    });
    return () => cancelAnimationFrame(frame);
  }, [generator, file]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || place?.file !== file) return;
    const { from, to } = rangeOf(editor.state.doc, place);
    editor.dispatch({
      selection: { anchor: from, head: to },
      effects: EditorView.scrollIntoView(from, { y: 'center' }),
    });
    editor.focus();
    useTextPosition.setState({ place: null });
  }, [place, file]);

  return <div ref={host} className={styles.host} data-typing data-text-view />;
}

function diagnostics(doc: Text, problems: readonly Problem[]): Diagnostic[] {
  return problems.map((problem) => ({
    ...rangeOf(doc, { ...problem, length: problem.length ?? 0 }),
    severity: 'error',
    message: problem.message,
  }));
}

/** Where a line and column are, counted in characters as people see them. */
export function rangeOf(doc: Text, { line, column, length }: Omit<TextPosition, 'file'>) {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  const characters = [...at.text];
  const offset = (count: number) => characters.slice(0, count).join('').length;
  const from = at.from + offset(column - 1);
  const to = length > 0 ? at.from + offset(column - 1 + length) : Math.max(from, at.to);
  return { from, to: Math.max(from, to) };
}

/** Where a generator's table begins. */
export function headerOf(text: string, generator: string): number | null {
  const name = generator.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const key = `(?:${name}|"${name}"|'${name}')`;
  const header = new RegExp(`^[ \\t]*\\[\\s*generators\\s*\\.\\s*${key}\\s*[\\].]`, 'm').exec(text);
  const inline = new RegExp(`^[ \\t]*(?:generators\\s*\\.\\s*)?${key}\\s*[.=]`, 'm').exec(text);
  return (header ?? inline)?.index ?? null;
}
