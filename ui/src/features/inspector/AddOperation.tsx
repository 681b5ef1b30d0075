// The picker of operations, with a search and a line of description for each.
import { Popover } from '@base-ui/react/popover';
import { Command } from 'cmdk';
import { Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { Button } from '@/components/Button';
import popup from '@/components/popup.module.css';
import { icons } from '@/documents/fields/table';
import type { OperationSchema } from '@/documents/schema';
import styles from './AddOperation.module.css';

/** Whether the picker is open; an action opens it as well. */
export const useAddOperation = create<{ open: boolean; set: (open: boolean) => void }>((set) => ({
  open: false,
  set: (open) => set({ open }),
}));

interface AddOperationProps {
  operations: readonly OperationSchema[];
  onAdd: (op: string) => void;
}

export function AddOperation({ operations, onAdd }: AddOperationProps) {
  const { t } = useTranslation();
  const { open, set } = useAddOperation();
  return (
    <Popover.Root open={open} onOpenChange={set}>
      <Popover.Trigger render={<Button className={styles.add} />}>
        <Plus /> {t('inspector.chain.add')}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className={popup.positioner} sideOffset={6} side="bottom">
          <Popover.Popup
            className={`${popup.popup} ${styles.popup}`}
            aria-label={t('inspector.chain.add')}
          >
            <Command label={t('inspector.chain.add')}>
              <Command.Input
                className={popup.search}
                placeholder={t('inspector.chain.search')}
                aria-label={t('inspector.chain.search')}
              />
              <Command.List className={styles.list}>
                <Command.Empty className={popup.empty}>{t('inspector.chain.none')}</Command.Empty>
                {operations.map(({ op, description }) => {
                  const Icon = icons[op] ?? Plus;
                  return (
                    <Command.Item
                      key={op}
                      value={op}
                      keywords={[t(`operations.names.${op}`, op), t(`operations.lines.${op}`, '')]}
                      className={`${popup.item} ${styles.item}`}
                      onSelect={() => {
                        set(false);
                        onAdd(op);
                      }}
                    >
                      <Icon />
                      <span className={styles.name}>{t(`operations.names.${op}`, op)}</span>
                      <span className={styles.line}>
                        {t(`operations.lines.${op}`, description)}
                      </span>
                    </Command.Item>
                  );
                })}
              </Command.List>
            </Command>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
