// Handles the window's keys and builds its menu bar.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { onMenu, setMenu } from '@/api/rpc';
import { afterThumbnail } from '@/assets/thumbnails';
import { useDialogs } from '@/state/dialogs';
import { useRecent } from '@/state/recent';
import { useSelection } from '@/state/selection';
import { useView } from '@/state/view';
import { actionFor } from './choose';
import { inDialog, isTextSelected, isTyping } from './focus';
import { belongsToTexts } from './keys';
import { menus } from './menuBar';
import { perform } from './perform';
import { actionOf, actions } from './registry';
import { handleTab } from './sides';
import { sendToText, undoInField } from './textKeys';

/** The menu is rebuilt at most once in this time, in milliseconds. */
const MENU_PAUSE = 150;

/** Within this time the same action by menu and by key is one press, in milliseconds. */
const TWICE = 60;

export function useActions() {
  const client = useQueryClient();

  useEffect(() => {
    const context = { client };
    let last = { id: '', by: '', at: 0 };
    const once = (id: string, by: 'key' | 'menu') => {
      const now = performance.now();
      const twice = last.id === id && last.by !== by && now - last.at < TWICE;
      last = { id, by, at: now };
      return !twice;
    };
    const key = (event: KeyboardEvent) => {
      if (isTyping(event.target) && undoInField(event)) return;
      const found = actionFor(event, actions, context);
      if (!found) return;
      event.preventDefault();
      if (found.enabled && once(found.action.id, 'key')) void perform(found.action, context);
    };
    window.addEventListener('keydown', key);
    const stopTab = handleTab();
    const stopMenu = onMenu((id) => {
      const action = actionOf(id);
      const at = document.activeElement;
      const keys = action?.keys?.[0];
      if (!action) return;
      const isOfText = at && (isTyping(at) || (keys === 'Mod+C' && isTextSelected()));
      if (isOfText && keys && belongsToTexts(keys)) {
        sendToText(at, keys);
      } else if (!inDialog() && once(id, 'menu')) {
        useRecent.getState().add(id);
        void perform(action, context);
      }
    });
    return () => {
      window.removeEventListener('keydown', key);
      stopTab();
      stopMenu();
    };
  }, [client]);

  useEffect(() => {
    let shown = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOutline = true;
    const build = () => {
      timer = undefined;
      const whole = menus(actions, { client });
      // Only the titles until the first thumbnails are loaded: the items cost time.
      const bar = isOutline ? whole.map(({ label }) => ({ label, items: [] })) : whole;
      const text = JSON.stringify(bar);
      if (text === shown) return;
      shown = text;
      // A desktop without a menu bar still has the palette.
      void setMenu(bar).catch(() => {});
    };
    const later = () => {
      timer ??= setTimeout(build, MENU_PAUSE);
    };
    build();
    // What can be cut or pasted changes with the focus.
    document.addEventListener('focusin', later);
    document.addEventListener('focusout', later);
    const stops = [
      () => document.removeEventListener('focusin', later),
      () => document.removeEventListener('focusout', later),
      afterThumbnail(() => {
        isOutline = false;
        later();
      }),
      client.getQueryCache().subscribe(later),
      useView.subscribe(later),
      useSelection.subscribe(later),
      useDialogs.subscribe(later),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [client]);
}
