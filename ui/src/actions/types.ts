// An action is one object: label, icon, key, perform. Menus, palette, buttons and keys all use it.
import type { QueryClient } from '@tanstack/react-query';
import type { LucideIcon } from 'lucide-react';

export interface ActionContext {
  client: QueryClient;
}

export interface Action {
  /** `feature.verb`, and its key in the catalogue: `actions.<feature>.<verb>`. */
  id: string;
  icon?: LucideIcon;
  /** As `Mod+Shift+Z`; `Mod` is Ctrl, or Command on macOS. Several: the first is shown. */
  keys?: string[];
  /** Its label where that changes; left out: the catalogue's. */
  label?: (context: ActionContext) => string;
  /** Not performed again while its key is held down. */
  once?: boolean;
  /** The menu that it is in; none: palette and keys only. */
  menu?: 'file' | 'edit' | 'view' | 'generator' | 'help';
  /** Lines in a menu stand together by group. */
  group?: number;
  /** Works while a text is typed into (with Mod, say); letters never do. */
  whileTyping?: boolean;
  /** Left out: always. */
  enabled?: (context: ActionContext) => boolean;
  perform: (context: ActionContext) => void | Promise<void>;
}
