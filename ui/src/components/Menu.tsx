import { ContextMenu as BaseContext } from '@base-ui/react/context-menu';
import { Menu as Base } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import popup from '@/components/popup.module.css';
import styles from './Menu.module.css';

export type MenuEntry =
  | {
      label: string;
      icon?: ReactNode;
      keys?: string | undefined;
      disabled?: boolean;
      /** Whether the option is chosen; undefined: the entry is a command. */
      checked?: boolean | undefined;
      danger?: boolean;
      /** The family of fonts that the label is set in. */
      face?: string | undefined;
      perform: () => void;
    }
  | 'separator';

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  entries: readonly MenuEntry[];
}

/** A menu that a button opens. */
export function Menu({ trigger, entries }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger as ReactElement<Record<string, unknown>>} />
      <Base.Portal>
        <Base.Positioner className={popup.positioner} sideOffset={4}>
          <Base.Popup className={`${popup.popup} ${styles.popup}`}>{lines(entries)}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface ContextMenuProps {
  /** The area on which the right button or the menu key opens it. */
  children: ReactElement;
  entries: readonly MenuEntry[];
}

/** A context menu. */
export function ContextMenu({ children, entries }: ContextMenuProps) {
  return (
    <BaseContext.Root>
      <BaseContext.Trigger render={children as ReactElement<Record<string, unknown>>} />
      <BaseContext.Portal>
        <BaseContext.Positioner className={popup.positioner}>
          <BaseContext.Popup className={`${popup.popup} ${styles.popup}`}>
            {lines(entries)}
          </BaseContext.Popup>
        </BaseContext.Positioner>
      </BaseContext.Portal>
    </BaseContext.Root>
  );
}

function lines(entries: readonly MenuEntry[]) {
  return entries.map((entry, index) =>
    entry === 'separator' ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: separators are alike
      <Base.Separator key={index} className={styles.separator} />
    ) : entry.checked === undefined ? (
      <Base.Item
        key={keyOf(entry)}
        className={[popup.item, styles.item, entry.danger ? styles.danger : ''].join(' ')}
        disabled={entry.disabled ?? false}
        onClick={entry.perform}
      >
        <Line entry={entry} />
      </Base.Item>
    ) : (
      <Base.CheckboxItem
        key={keyOf(entry)}
        className={`${popup.item} ${styles.item}`}
        disabled={entry.disabled ?? false}
        checked={entry.checked}
        closeOnClick
        onCheckedChange={entry.perform}
      >
        <Line entry={entry} />
      </Base.CheckboxItem>
    ),
  );
}

type MenuItem = Exclude<MenuEntry, 'separator'>;

/** Keys for entries: labels may repeat, such as generators of the same name in two files. */
const keyOf = ({ label, keys }: MenuItem) => `${label} ${keys ?? ''}`;

function Line({ entry: { icon, label, keys, checked, face } }: { entry: MenuItem }) {
  return (
    <>
      <span className={popup.icon}>{icon}</span>
      <span className={popup.label} style={face ? { fontFamily: `"${face}"` } : undefined}>
        {label}
      </span>
      {keys && <kbd className={popup.keys}>{keys}</kbd>}
      {checked !== undefined && <span className={popup.icon}>{checked && <Check />}</span>}
    </>
  );
}
