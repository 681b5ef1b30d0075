// The problems of a preset file: those that the program reports, and overlays whose file is missing.
import type { Asset, Document, JsonValue, Problem } from '@/api/bindings';
import { t } from '@/text';
import { isTable } from './applyEdits';
import { folderOfPreset } from './images';

/** All problems of a document, ordered by line. `complete`: whether the list of assets is. */
export function problemsOf(
  document: Pick<Document, 'file' | 'text' | 'value' | 'problems'>,
  assets: readonly Asset[],
  complete: boolean,
): Problem[] {
  const missing = complete ? missingImages(document, assets) : [];
  const others = missing.filter(
    ({ line }) => !document.problems.some((problem) => problem.line === line),
  );
  return [...document.problems, ...others].sort((a, b) => a.line - b.line || a.column - b.column);
}

function missingImages(
  { file, text, value }: Pick<Document, 'file' | 'text' | 'value'>,
  assets: readonly Asset[],
): Problem[] {
  const folder = folderOfPreset(file);
  const present = new Set(assets.map(({ path }) => path));
  const found = new Map<string, string>();
  for (const [generator, own] of Object.entries(tables(value, 'generators'))) {
    const chain = isTable(own) && Array.isArray(own.operations) ? own.operations : [];
    for (const step of chain) {
      if (!isTable(step) || step.op !== 'overlay' || step.enabled === false) continue;
      const image = step.image;
      if (typeof image !== 'string' || image === '' || image.startsWith('.')) continue;
      // Hidden folders are not scanned.
      if (image.split('/').some((part) => part.startsWith('.'))) continue;
      if (!present.has(folder + image)) found.set(image, generator);
    }
  }
  return [...found].flatMap(([image, generator]) => {
    const at = text.indexOf(JSON.stringify(image));
    if (at < 0) return [];
    const before = text.slice(0, at).split('\n');
    return {
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      length: image.length + 2,
      message: folder
        ? t('inspector.problems.missing', { image, folder })
        : t('inspector.problems.missingHere', { image }),
      generator,
    };
  });
}

const tables = (value: JsonValue, key: string) => {
  const inner = isTable(value) ? value[key] : undefined;
  return isTable(inner) ? inner : {};
};
