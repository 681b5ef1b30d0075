// An action is one object (label, icon, keys, perform) for menus, palette, buttons and keys.
import type { QueryClient } from '@tanstack/react-query';
import type { LucideIcon } from 'lucide-react';

export interface ActionContext {
  client: QueryClient;
}

export interface Action {
  /** `feature.verb`; its label is `actions.<feature>.<verb>` in the catalogue. */
  id: string;
  icon?: LucideIcon;
  /** Such as `Mod+Shift+Z`; `Mod` is Ctrl, or Command on macOS. The first one is displayed. */
  keys?: string[];
  /** A label that varies; left out: the catalogue's. */
  label?: (context: ActionContext) => string;
  /** Ignores key repeat. */
  once?: boolean;
  /** Its menu; left out: palette and keys only. */
  menu?: 'file' | 'edit' | 'view' | 'generator' | 'help';
  /** The submenu of its menu that has it, with a shorter label. */
  submenu?: {
    name: 'recent' | 'compare' | 'theme' | 'scale';
    label: (context: ActionContext) => string;
  };
  /** Whether it is the chosen one of its submenu; left out: it is a command. */
  checked?: (context: ActionContext) => boolean;
  /** Its group within the menu. */
  group?: number;
  /** Whether its keys work while the user is typing; plain letters never do. */
  whileTyping?: boolean;
  /** Whether it is left out of menus and palette for now; left out: never. */
  hidden?: (context: ActionContext) => boolean;
  /** Left out: always enabled. */
  enabled?: (context: ActionContext) => boolean;
  perform: (context: ActionContext) => void | Promise<void>;
}
