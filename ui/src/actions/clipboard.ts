// Copies texts to the clipboard.
import { call } from '@/api/rpc';
import { useDialogs } from '@/state/dialogs';
import { useNotices } from '@/state/notices';
import { t } from '@/text';

/** Copies a text; rejects where the page may not write to the clipboard. */
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

/** Copies the diagnostics; where the page may not write to the clipboard, shows them in a dialog. */
export async function copyDiagnostics() {
  const { text } = await call('diagnostics');
  try {
    await copyText(text);
    useNotices.getState().add('information', t('settings.diagnostics.copied'));
  } catch {
    useDialogs.getState().showText(text);
  }
}
