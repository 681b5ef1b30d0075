// Keys and menus, at work as long as the window is.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { onMenu, setMenu } from '@/api/rpc';
import { afterPictures } from '@/assets/thumbnails';
import { useDialogs } from '@/state/dialogs';
import { useRecent } from '@/state/recent';
import { useSelection } from '@/state/selection';
import { useView } from '@/state/view';
import { actionFor } from './choose';
import { inDialog, isTyping } from './focus';
import { belongsToTexts } from './keys';
import { menus } from './menuBar';
import { perform } from './perform';
import { actionOf, actions } from './registry';
import { hearTab } from './sides';
import { giveToText, undoInField } from './textKeys';

/** The menu is built anew at most this often, in milliseconds. */
const MENU_PAUSE = 150;

/** A key that reached both the menu and the page counts once, in milliseconds. */
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
    const stopTab = hearTab();
    const stopMenu = onMenu((id) => {
      const action = actionOf(id);
      const at = document.activeElement;
      const keys = action?.keys?.[0];
      if (!action) return;
      if (at && keys && isTyping(at) && belongsToTexts(keys)) {
        giveToText(at, keys);
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
      // Its lines take the window's time: they come once the first pictures are there.
      const wanted = isOutline ? whole.map(({ label }) => ({ label, items: [] })) : whole;
      const text = JSON.stringify(wanted);
      if (text === shown) return;
      shown = text;
      // Without a menu bar everything is still in the palette.
      void setMenu(wanted).catch(() => {});
    };
    const later = () => {
      timer ??= setTimeout(build, MENU_PAUSE);
    };
    build();
    const stops = [
      afterPictures(() => {
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
