// Where the focus is, as far as keys care.

const writes = /^(text|search|number|password|email|url|tel|date|time|)$/;

/** Whether letters go into a text here. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // What is inside a shadow root is not seen from here, only the element that has it.
  if (target.hasAttribute('data-typing')) return true;
  if (target instanceof HTMLInputElement) return writes.test(target.getAttribute('type') ?? '');
  return (
    target instanceof HTMLTextAreaElement ||
    target.isContentEditable ||
    target.closest('[contenteditable="true"], [contenteditable=""]') !== null
  );
}

/** Whether letters choose a line here: menus and lists find what begins with them. */
export function isChoosing(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      '[role="menu"], [role="menubar"], [role="listbox"], [role="combobox"], select',
    ) !== null
  );
}

/** Whether Space and Enter press something here. */
export function isPressing(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'button, a[href], summary, input, [role="button"], [role="switch"], [role="checkbox"], [role="slider"], [role="tab"]',
    ) !== null
  );
}

/**
 * Whether a dialog is open: then the keys are its own. One that is closing may stay in the page
 * for some frames, and no longer counts.
 */
export const inDialog = () =>
  document.querySelector(
    '[role="dialog"]:not([data-closed]), [role="alertdialog"]:not([data-closed])',
  ) !== null;
