// Turns the choices of the dialog into the request to the program.
import type { Document, ExportArguments, GeneratorChoice, Grant, PresetFile } from '@/api/bindings';
import { exportable } from '@/assets/exporting';
import { at, isTable } from '@/documents/applyEdits';
import type { AssetChoice } from '@/state/exportChoices';
import { generatorKey } from '@/state/view';

/** The chosen generators: those with these keys, or (null) the active one, else those of its file, or all. */
export function chosenGenerators(
  presets: readonly PresetFile[],
  names: readonly string[] | null,
  active: GeneratorChoice | null,
): GeneratorChoice[] {
  const all = exportable(presets);
  if (names !== null) return all.filter((one) => names.includes(generatorKey(one)));
  if (active === null) return all;
  const itself = all.filter((one) => generatorKey(one) === generatorKey(active));
  if (itself.length > 0) return itself;
  const ofFile = all.filter(({ file }) => file === active.file);
  return ofFile.length > 0 ? ofFile : all;
}

/** The problem that keeps a generator from being exported. */
export const exportProblem = (preset: PresetFile, generator: string): string | null =>
  preset.trouble ?? preset.problems.find((one) => one.generator === generator)?.message ?? null;

/** The ids of the chosen assets; empty: all of them; null: there are none. */
export function idsOf(
  choice: AssetChoice,
  selection: ReadonlySet<number>,
  shown: readonly number[],
  all: number,
): number[] | null {
  if (choice === 'all') return all > 0 ? [] : null;
  const ids = choice === 'selection' ? [...selection] : shown;
  if (ids.length === 0) return null;
  return ids.length === all ? [] : [...ids];
}

/** The parameters that the chosen generators declare, with their defaults. */
export function declaredParameters(
  documents: readonly Document[],
  generators: readonly GeneratorChoice[],
): Map<string, string> {
  const found = new Map<string, string>();
  for (const { file, generator } of generators) {
    const value = documents.find((document) => document.file === file)?.value;
    const parameters = at(value, ['generators', generator, 'parameters']);
    if (!isTable(parameters)) continue;
    for (const [name, preset] of Object.entries(parameters)) {
      if (!found.has(name)) found.set(name, typeof preset === 'string' ? preset : String(preset));
    }
  }
  return found;
}

interface Choices {
  ids: number[] | null;
  generators: GeneratorChoice[];
  destination: Grant | null;
  template: string;
  onConflict: ExportArguments['on_conflict'];
  parameters: Record<string, string>;
  csv: Grant | null;
}

/** The arguments for planning and starting the export; null while assets or generators are missing. */
export function exportRequest(choices: Choices, known: ReadonlyMap<string, string>) {
  const { ids, generators, destination, template, onConflict, parameters, csv } = choices;
  if (ids === null || generators.length === 0) return null;
  const given = Object.entries(parameters).filter(
    ([name, value]) => known.has(name) && value !== '',
  );
  return {
    assets: ids,
    generators,
    destination: destination?.id ?? null,
    template,
    on_conflict: onConflict,
    parameters: Object.fromEntries(given),
    parameters_csv: known.size > 0 ? (csv?.id ?? null) : null,
  } satisfies ExportArguments;
}
