// Temporary variations of the active generator, side by side: other formats, qualities and sizes.
// Each names the edits of the preset that make it; they are made when it is chosen.
import type { Edit } from '@/api/bindings';
import { variationsOf } from '@/documents/variations';
import type { ActiveGenerator } from '@/state/view';

export const TRIALS = ['formats', 'qualities', 'sizes'] as const;
export type TrialKind = (typeof TRIALS)[number];

export interface Trial {
  /** Its format, quality or size; distinct among the trials of a kind. */
  value: string;
  active: ActiveGenerator;
  /** The edits that are tried; empty: the variant is one of the rule's. */
  edits: readonly Edit[];
  /** What choosing it does; null: it is the variant that the rule gives, in sight elsewhere. */
  choice: TrialChoice | null;
}

export interface TrialChoice {
  /** `use`: instead of the rule's; `only`: of several one; `add`: to several; `show`: nothing is edited. */
  kind: 'use' | 'only' | 'add' | 'show';
  edits: readonly Edit[];
  /** The variant that is in sight afterwards. */
  active: ActiveGenerator;
}

/** The formats that are offered, if they can be written. */
const FORMATS = ['jpeg', 'webp', 'avif', 'jxl'];

interface FormatsOf {
  active: ActiveGenerator;
  /** The formats of the rule. */
  rule: readonly string[];
  writes: readonly string[];
  /** Whether the picture has alpha, and the format of its file. */
  alpha: boolean;
  source: string | null;
}

/** Every format that suits the picture, and every one of the rule. */
export function formatTrials({ active, rule, writes, alpha, source }: FormatsOf): Trial[] {
  const offered = [...FORMATS, ...(alpha ? ['png'] : [])].filter((name) => writes.includes(name));
  // As the rule is: the source's format is one of the rule's.
  const others = offered.filter((name) => !(rule.includes('source') && name === source));
  const chosen = active.format ?? rule[0];
  const path = ['generators', active.generator, 'output', 'format'];
  return [...new Set([...others, ...rule])].map((value): Trial => {
    const isOnly = rule.length === 1;
    const alone: TrialChoice = {
      kind: isOnly ? 'use' : 'only',
      edits: [{ kind: 'set', path, value }],
      active: { ...active, format: null },
    };
    if (rule.includes(value)) {
      const own = value === chosen ? active : { ...active, format: value };
      return { value, active: own, edits: [], choice: isOnly ? null : alone };
    }
    const added: TrialChoice = {
      kind: 'add',
      edits: [{ kind: 'set', path, value: [...rule, value] }],
      active: { ...active, format: value },
    };
    const tried = { ...active, format: value };
    return { value, active: tried, edits: alone.edits, choice: isOnly ? alone : added };
  });
}

/** The distance between two qualities side by side. */
const STEP = 8;

interface QualitiesOf {
  active: ActiveGenerator;
  /** The quality that the rule gives. */
  quality: number;
  editsFor: (quality: number) => Edit[];
}

/** The rule's quality, and two lower and two higher ones. */
export function qualityTrials({ active, quality, editsFor }: QualitiesOf): Trial[] {
  const around = [-2, -1, 0, 1, 2].map((steps) => quality + steps * STEP);
  const possible = new Set(around.map((one) => Math.min(100, Math.max(1, one))));
  return [...possible].map((one): Trial => {
    if (one === quality) return { value: String(one), active, edits: [], choice: null };
    const edits = editsFor(one);
    return { value: String(one), active, edits, choice: { kind: 'use', edits, active } };
  });
}

/** The generator's widths and its themes' sizes; `own` stands for the size without a name. */
export function sizeTrials(
  active: ActiveGenerator,
  info: { variations: string[] },
  own: string,
): Trial[] {
  const sizes = variationsOf(info);
  const chosen = active.variation ?? sizes[0] ?? null;
  return sizes.map((variation): Trial => {
    const value = variation ?? own;
    if (variation === chosen) return { value, active, edits: [], choice: null };
    const other = { ...active, variation };
    return { value, active: other, edits: [], choice: { kind: 'show', edits: [], active: other } };
  });
}
