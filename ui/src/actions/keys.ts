// Key combinations: parsed, matched to events, displayed, and written for the desktop's menus.

export interface Combination {
  mod: boolean;
  shift: boolean;
  alt: boolean;
  /** As `KeyboardEvent.key`, letters in lower case. */
  key: string;
}

export type KeyEvent = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'
>;

const mac = /Mac|iP(hone|ad)/.test(globalThis.navigator?.platform ?? '');

const named: Record<string, string> = { space: ' ', plus: '+', up: 'ArrowUp', down: 'ArrowDown' };

/** Reads `Mod+Shift+Z`. The last part is the key; `Plus` and `Space` are written out. */
export function parse(keys: string): Combination {
  const parts = keys.split('+');
  const last = parts.pop() ?? '';
  const has = (name: string) => parts.some((part) => part.toLowerCase() === name);
  const key = named[last.toLowerCase()] ?? (last.length === 1 ? last.toLowerCase() : last);
  return { mod: has('mod'), shift: has('shift'), alt: has('alt'), key };
}

/** Whether an event is this combination. */
export function matches(event: KeyEvent, keys: string, onMac = mac): boolean {
  const parsed = parse(keys);
  const mod = onMac ? event.metaKey : event.ctrlKey;
  const other = onMac ? event.ctrlKey : event.metaKey;
  if (mod !== parsed.mod || other || event.altKey !== parsed.alt) return false;
  // Signs such as `?` need Shift on some keyboards and not on others.
  const sign = parsed.key.length === 1 && !/[a-z0-9 ]/.test(parsed.key);
  if (!sign && event.shiftKey !== parsed.shift) return false;
  return keysOf(event).includes(parsed.key);
}

/** The event's key; if it is neither a Latin letter nor a digit, also the key of that position. */
function keysOf({ key, code }: KeyEvent): string[] {
  const letter = /[^\u0020-\u024f]/.test(key) ? /^Key([A-Z])$/.exec(code)?.[1] : undefined;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code)?.[1];
  const own = key.length === 1 ? key.toLowerCase() : key;
  return [own, letter?.toLowerCase(), digit].filter((one) => one !== undefined);
}

const words: Record<string, string> = {
  ' ': 'Space',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Delete: 'Del',
};

/** The combination as it is displayed: `Ctrl+Shift+Z`. */
export function spoken(keys: string, onMac = mac): string {
  const { mod, shift, alt, key } = parse(keys);
  const name = words[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  if (onMac) return `${alt ? '⌥' : ''}${shift ? '⇧' : ''}${mod ? '⌘' : ''}${name}`;
  return [mod && 'Ctrl', alt && 'Alt', shift && 'Shift', name].filter(Boolean).join('+');
}

/**
 * The combination for the desktop's menu; null where the menu must not have it: plain letters could
 * not be typed any longer, and not every key has a name there.
 */
export function accelerator(keys: string): string | null {
  const { mod, shift, alt, key } = parse(keys);
  if (!mod && !/^F\d+$/.test(key)) return null;
  if (!/^([a-z0-9,/\\\-=]|F\d+)$/.test(key)) return null;
  return [mod && 'CmdOrCtrl', alt && 'Alt', shift && 'Shift', key.toUpperCase()]
    .filter(Boolean)
    .join('+');
}

const ofTexts = new Set(['Mod+A', 'Mod+C', 'Mod+V', 'Mod+X', 'Mod+Y', 'Mod+Z', 'Mod+Shift+Z']);

/** Whether text fields use the combination themselves. */
export const belongsToTexts = (keys: string) => ofTexts.has(keys);
