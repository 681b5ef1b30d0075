// Light or dark: by the settings, or as the system has it.
import { useEffect, useSyncExternalStore } from 'react';
import type { ThemeSetting } from '@/api/bindings';
import { setWindowTheme } from '@/api/rpc';

const dark = () => window.matchMedia('(prefers-color-scheme: dark)');

const systemIsDark = {
  subscribe: (tell: () => void) => {
    const query = dark();
    query.addEventListener('change', tell);
    return () => query.removeEventListener('change', tell);
  },
  now: () => dark().matches,
};

/** Keeps the page's and the window's colours as the setting has them. */
export function useTheme(setting: ThemeSetting) {
  const system = useSyncExternalStore(systemIsDark.subscribe, systemIsDark.now);
  const isDark = setting === 'dark' || (setting === 'system' && system);
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  }, [isDark]);
  useEffect(() => {
    // A desktop that cannot colour the window's frame is no reason to trouble anybody.
    void setWindowTheme(setting === 'system' ? null : setting).catch(() => {});
  }, [setting]);
}
