// Texts for other programs.

/** Copies a text; rejects where the clipboard is closed to the page. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    // Some web views give the clipboard only to a copy of what is selected.
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'visually-hidden';
    const focused = document.activeElement;
    document.body.append(field);
    field.select();
    const copied = document.execCommand?.('copy') ?? false;
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
    if (!copied) throw error;
  }
}
