// The desktop's menu takes its keys before the page sees them: Ctrl+Z, say. While a text is
// typed into, the text must get them all the same. And WebKitGTK's own fields do not undo by
// keys at all.
import { matches } from './keys';

const commands: Record<string, string> = {
  'Mod+A': 'selectAll',
  'Mod+C': 'copy',
  'Mod+X': 'cut',
  'Mod+Y': 'redo',
  'Mod+Z': 'undo',
  'Mod+Shift+Z': 'redo',
};

/** Gives a text the keys that the menu has taken from it. */
export function giveToText(target: Element, keys: string) {
  const key = keys.at(-1)?.toLowerCase() ?? '';
  const event = new KeyboardEvent('keydown', {
    key,
    code: `Key${key.toUpperCase()}`,
    ctrlKey: true,
    shiftKey: keys.includes('Shift+'),
    bubbles: true,
    cancelable: true,
  });
  // An editor with a history of its own takes the event; a plain field has only the command.
  const command = commands[keys];
  if (target.dispatchEvent(event) && command) document.execCommand?.(command);
}

/** Undoes and redoes in a plain field, where the key means that. Whether it did. */
export function undoInField(event: KeyboardEvent): boolean {
  const { target } = event;
  const plain = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
  const keys = ['Mod+Z', 'Mod+Shift+Z', 'Mod+Y'].find((one) => matches(event, one));
  const command = keys && commands[keys];
  if (!plain || event.defaultPrevented || !command) return false;
  event.preventDefault();
  document.execCommand?.(command);
  return true;
}
