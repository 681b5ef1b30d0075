// Applies the theme: light or dark by the settings, or the system's.
import { useEffect, useSyncExternalStore } from 'react';
import type { ThemeSetting } from '@/api/bindings';
import { setWindowTheme } from '@/api/rpc';

const dark = () => window.matchMedia('(prefers-color-scheme: dark)');

const systemIsDark = {
  subscribe: (listener: () => void) => {
    const query = dark();
    query.addEventListener('change', listener);
    return () => query.removeEventListener('change', listener);
  },
  now: () => dark().matches,
};

/** Applies the theme to the page and to the window's frame. */
export function useTheme(setting: ThemeSetting) {
  const system = useSyncExternalStore(systemIsDark.subscribe, systemIsDark.now);
  const isDark = setting === 'dark' || (setting === 'system' && system);
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  }, [isDark]);
  useEffect(() => {
    // Not every desktop can theme the frame; that needs no error message.
    void setWindowTheme(setting === 'system' ? null : setting).catch(() => {});
  }, [setting]);
}
