// Summarises an operation's settings for its closed card.
import type { JsonValue } from '@/api/bindings';
import { isTable } from '@/documents/applyEdits';

const KEYS: Record<string, string[]> = {
  trim: ['threshold'],
  crop: ['aspect', 'size', 'gravity'],
  resize: ['fit', 'size', 'gravity'],
  extend: ['aspect', 'size'],
  pad: ['all'],
  rotate: ['angle'],
  flip: ['direction'],
  flatten: ['background'],
  text: ['text'],
  overlay: ['image'],
  duotone: ['shadows', 'highlights'],
  colorize: ['color', 'opacity'],
  sharpen: ['sigma'],
  blur: ['sigma'],
  pixelate: ['size'],
  round_corners: ['radius'],
};

export function summary(step: { [key: string]: JsonValue }): string {
  const keys = KEYS[String(step.op)] ?? ['amount', 'value'];
  const sized = step.width !== undefined || step.height !== undefined;
  return keys
    .map((key) => {
      if (key === 'size' && sized) return `${words(step.width, '…')} × ${words(step.height, '…')}`;
      return words(step[key], '');
    })
    .filter((part) => part !== '')
    .join(' · ');
}

function words(value: JsonValue | undefined, none: string): string {
  if (value === undefined) return none;
  if (isTable(value)) return `${value.x}, ${value.y}`;
  return String(value);
}
