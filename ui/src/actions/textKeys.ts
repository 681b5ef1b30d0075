// Makes editing keys work in text fields. The desktop's menu takes keys such as Ctrl+Z before the page
// sees them, also while the user is typing; and WebKitGTK's plain fields know no keys for undo.
import { editText } from '@/api/rpc';
import { matches } from './keys';

const commands: Record<string, string> = {
  'Mod+A': 'selectAll',
  'Mod+Y': 'redo',
  'Mod+Z': 'undo',
  'Mod+Shift+Z': 'redo',
};

/** What the page may not do without a press of its own: the window does it. */
const byWindow: Record<string, 'Cut' | 'Copy' | 'Paste'> = {
  'Mod+C': 'Copy',
  'Mod+X': 'Cut',
  'Mod+V': 'Paste',
};

/** Sends a key combination that the menu has taken to a text field. */
export function sendToText(target: Element, keys: string) {
  const done = byWindow[keys];
  if (done) return void editText(done).catch(() => {});
  const key = keys.at(-1)?.toLowerCase() ?? '';
  const event = new KeyboardEvent('keydown', {
    key,
    code: `Key${key.toUpperCase()}`,
    ctrlKey: true,
    shiftKey: keys.includes('Shift+'),
    bubbles: true,
    cancelable: true,
  });
  // An editor with a history handles the event; plain fields need the command.
  const command = commands[keys];
  if (target.dispatchEvent(event) && command) document.execCommand?.(command);
}

/** Undoes or redoes in a plain field if the key means that; returns whether it did. */
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
