// The problems of a preset file: those that the program reports, and overlays whose file is missing.
// Its warnings: those that the program reports, and fonts that are not installed.
import type { Asset, Document, JsonValue, Problem, Warning } from '@/api/bindings';
import { t } from '@/text';
import { isTable } from './applyEdits';
import { isInstalled } from './fonts';
import { folderOfPreset } from './images';

type Text = Pick<Document, 'file' | 'text' | 'value'>;

/** All problems of a document, ordered by line. Assets are null until their list is complete. */
export function problemsOf(
  document: Text & Pick<Document, 'problems'>,
  assets: readonly Asset[] | null,
): Problem[] {
  const others = (assets ? missingImages(document, assets) : []).filter(
    ({ line }) => !document.problems.some((problem) => problem.line === line),
  );
  return [...document.problems, ...others].sort(byPlace);
}

/** All warnings of a document, ordered by line. Families of installed fonts are null until known. */
export function warningsOf(
  document: Text & Pick<Document, 'warnings'>,
  families: readonly string[] | null,
): Warning[] {
  const fonts = families ? missingFonts(document, families) : [];
  return [...document.warnings, ...fonts.map((it) => ({ ...it, fix: null }))].sort(byPlace);
}

const byPlace = (a: Problem | Warning, b: Problem | Warning) =>
  a.line - b.line || a.column - b.column;

function missingImages(document: Text, assets: readonly Asset[]): Problem[] {
  const folder = folderOfPreset(document.file);
  const present = new Set(assets.map(({ path }) => path));
  const isMissing = (image: string) =>
    !image.startsWith('.') &&
    // Hidden folders are not scanned.
    !image.split('/').some((part) => part.startsWith('.')) &&
    !present.has(folder + image);
  return placesOf(document, 'overlay', 'image', isMissing, (image) =>
    folder
      ? t('inspector.problems.missing', { image, folder })
      : t('inspector.problems.missingHere', { image }),
  );
}

const missingFonts = (document: Text, families: readonly string[]): Problem[] =>
  placesOf(
    document,
    'text',
    'font',
    (font) => !isInstalled(font, families),
    (font) => t('inspector.problems.font', { font }),
  );

/** Where the operations of a kind have values with a problem. */
function placesOf(
  { text, value }: Text,
  op: string,
  key: string,
  isWrong: (value: string) => boolean,
  message: (value: string) => string,
): Problem[] {
  const found = new Map<string, string>();
  for (const [generator, own] of Object.entries(tables(value, 'generators'))) {
    const chain = isTable(own) && Array.isArray(own.operations) ? own.operations : [];
    for (const step of chain) {
      if (!isTable(step) || step.op !== op || step.enabled === false) continue;
      const given = step[key];
      if (typeof given === 'string' && given !== '' && isWrong(given)) found.set(given, generator);
    }
  }
  return [...found].flatMap(([given, generator]) => {
    const at = text.indexOf(JSON.stringify(given));
    if (at < 0) return [];
    const before = text.slice(0, at).split('\n');
    return {
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      length: given.length + 2,
      message: message(given),
      generator,
    };
  });
}

const tables = (value: JsonValue, key: string) => {
  const inner = isTable(value) ? value[key] : undefined;
  return isTable(inner) ? inner : {};
};
