// What the focused element does with keys.

const writes = /^(text|search|number|password|email|url|tel|date|time|)$/;

/** Whether letters are typed into the element. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // For a target inside a shadow root, events name its host.
  if (target.hasAttribute('data-typing')) return true;
  if (target instanceof HTMLInputElement) return writes.test(target.getAttribute('type') ?? '');
  return (
    target instanceof HTMLTextAreaElement ||
    target.isContentEditable ||
    target.closest('[contenteditable="true"], [contenteditable=""]') !== null
  );
}

/** Whether text outside of fields is selected. */
export const isTextSelected = () => (window.getSelection()?.toString() ?? '') !== '';

/** Whether letters choose a line of the element, as in menus and lists. */
export function isChoosing(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      '[role="menu"], [role="menubar"], [role="listbox"], [role="combobox"], select',
    ) !== null
  );
}

/** Whether Space and Enter activate the element. */
export function isPressing(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'button, a[href], summary, input, [role="button"], [role="switch"], [role="checkbox"], [role="slider"], [role="tab"]',
    ) !== null
  );
}

/**
 * Whether a dialog is open, so that keys belong to it. One that is closing stays in the page for
 * some frames and does not count.
 */
export const inDialog = () =>
  document.querySelector(
    '[role="dialog"]:not([data-closed]), [role="alertdialog"]:not([data-closed])',
  ) !== null;
