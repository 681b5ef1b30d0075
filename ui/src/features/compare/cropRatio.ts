// The aspect ratios that the crop tool offers: pure.
import { type CropRect, fixesRatio, type Operation, ruleRatio } from './crop';
import type { Size } from './transform';
import type { CropScope } from './useCropStore';

const FREE = ['free', 'original', '1:1', '4:3', '3:2', '16:9', '3:4', '2:3', '9:16'] as const;

export type Ratio = 'rule' | (typeof FREE)[number];

interface Ratios {
  choices: Ratio[];
  /** The one to begin with. */
  first: Ratio;
  /** The rule's ratio, such as `16:9`. */
  ruleText: string;
  /** Width divided by height; undefined: free. */
  aspectOf: (ratio: Ratio) => number | undefined;
}

interface Given {
  scope: CropScope;
  operations: readonly Operation[];
  /** The original, in pixels. */
  size: Size;
  /** The part that the variant shows. */
  shown: CropRect;
}

/**
 * A crop of one picture begins with the shape of what the rule shows, and can have another only where
 * the rule leaves the shape open.
 */
export function ratiosOf({ scope, operations, size, shown }: Given): Ratios {
  const written = ruleRatio(operations);
  const part = (shown.width * size.width) / (shown.height * size.height);
  const own = written ? numberOf(written) : undefined;
  // What is shown is rounded to pixels; what is written is not.
  const isAsWritten = own !== undefined && Math.abs(own / part - 1) < 0.02;
  const rule = scope === 'all' || isAsWritten ? own : part;
  const isFixed = scope === 'one' && fixesRatio(operations);
  const choices: Ratio[] = isFixed ? ['rule'] : rule === undefined ? [...FREE] : ['rule', ...FREE];
  return {
    choices,
    first: rule === undefined ? 'free' : 'rule',
    ruleText: rule === undefined ? '' : rule === own && written ? written : inWords(rule),
    aspectOf: (ratio) => {
      if (ratio === 'free') return undefined;
      if (ratio === 'rule') return rule;
      return ratio === 'original' ? size.width / size.height : numberOf(ratio);
    },
  };
}

function numberOf(text: string): number | undefined {
  const [width, height] = text.split(':').map(Number);
  return width && height ? width / height : undefined;
}

/** A ratio as small whole numbers where there are such, else to one. */
function inWords(ratio: number): string {
  for (let down = 1; down <= 16; down++) {
    const across = Math.round(ratio * down);
    if (across > 0 && Math.abs(across / down / ratio - 1) < 0.003) return `${across}:${down}`;
  }
  return `${ratio.toFixed(2)}:1`;
}
