// The active generator as the form shows and edits it.
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Edit, JsonValue, Step } from '@/api/bindings';
import { useStartUp } from '@/api/queries';
import { type ActiveGenerator, useView } from '@/state/view';
import { at, isTable } from './applyEdits';
import { changeDocument, type ShownDocument, useDocument } from './edits';
import { onTop, wholeValue, withCopiedLists } from './inherited';

export type Table = { [key: string]: JsonValue };

export interface GeneratorForm {
  active: ActiveGenerator;
  document: ShownDocument;
  schema: JsonValue;
  /** The generator's table, without what it inherits. */
  own: Table;
  /** What the files that the preset extends say of the generator. */
  inherited: Table;
  /** The output settings of the defaults, and those that the generator inherits. */
  defaults: Table;
  /** Applies edits; `label` describes them for 'Undo …'. */
  edit: (label: string, edits: Edit[], gesture?: string | null) => Promise<boolean>;
  /** A path below the generator. */
  path: (...steps: Step[]) => Step[];
  /** Sets or (undefined) removes a key of the generator; removes a table with its last key. */
  set: (
    steps: Step[],
    name: string,
    value: JsonValue | undefined,
    gesture?: string | null,
  ) => Promise<boolean>;
}

/** The active generator's form; null if none is active or its document is not loaded yet. */
export function useGeneratorForm(): GeneratorForm | null {
  const { t } = useTranslation();
  const client = useQueryClient();
  const active = useView((view) => view.active);
  const document = useDocument(active?.file ?? null);
  const schema = useStartUp()?.schema;
  return useMemo(() => {
    if (!active || !document || schema === undefined) return null;
    const { file, generator } = active;
    const own = at(document.value, ['generators', generator]);
    const inherited = at(document.inherited, ['generators', generator]);
    if (!isTable(own) && !isTable(inherited)) return null;
    const output = onTop(
      at(wholeValue(document), ['defaults', 'output']),
      at(inherited, ['output']),
    );
    const path = (...steps: Step[]): Step[] => ['generators', generator, ...steps];
    const edit: GeneratorForm['edit'] = (label, edits, gesture = null) =>
      changeDocument(client, file, { edits: withCopiedLists(document, edits), label, gesture });
    return {
      active,
      document,
      schema,
      own: isTable(own) ? own : {},
      inherited: isTable(inherited) ? inherited : {},
      defaults: isTable(output) ? output : {},
      edit,
      path,
      set: (steps, name, value, gesture) => {
        const label = t('inspector.changed', { name, generator });
        const whole = path(...steps);
        if (value !== undefined) return edit(label, [{ kind: 'set', path: whole, value }], gesture);
        return edit(
          label,
          [{ kind: 'remove', path: withoutEmpty(document.value, whole) }],
          gesture,
        );
      },
    };
  }, [t, client, active, document, schema]);
}

/** The path to remove in place of a key: the outermost table that would be left empty. */
function withoutEmpty(value: JsonValue, path: Step[]): Step[] {
  const parent = path.slice(0, -1);
  const table = at(value, parent);
  // Generators and operations stay, even when empty.
  const isRemovable = parent.length > 2 && typeof parent.at(-1) === 'string';
  return isRemovable && isTable(table) && Object.keys(table).length === 1
    ? withoutEmpty(value, parent)
    : path;
}

/** A list of the generator: its own, or the inherited one. */
export function listOf({ own, inherited }: GeneratorForm, key: 'operations' | 'widths') {
  const list = own[key] ?? inherited[key];
  return Array.isArray(list) ? list : NOTHING;
}

/** One list, so that what depends on it is not made again. */
const NOTHING: JsonValue[] = [];

/** The formats that the generator writes, by name. */
export function formatsOf({ own, defaults }: GeneratorForm): string[] {
  const output = isTable(own.output) ? own.output : {};
  return [output.format ?? defaults.format ?? []].flat().map(String);
}

/** The colours that the preset file names. */
export function colorsOf({ document }: GeneratorForm): { [name: string]: string } {
  const colors = at(wholeValue(document), ['colors']);
  const named = Object.entries(isTable(colors) ? colors : {});
  return Object.fromEntries(
    named.flatMap(([name, color]) => (typeof color === 'string' ? [[name, color]] : [])),
  );
}
