// The card of an operation: opened, moved, disabled, removed.
import { useSortable } from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import {
  ArrowDown,
  ArrowUp,
  ChevronDown,
  ChevronRight,
  CopyPlus,
  Ellipsis,
  GripVertical,
  Puzzle,
  Trash2,
} from 'lucide-react';
import { type KeyboardEvent, memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { JsonValue } from '@/api/bindings';
import { IconButton } from '@/components/Button';
import { ContextMenu, Menu, type MenuEntry } from '@/components/Menu';
import { Switch } from '@/components/Switch';
import { TextField } from '@/components/TextField';
import { FieldList } from '@/documents/fields/FieldList';
import { useTypingGesture } from '@/documents/fields/plainFields';
import { icons } from '@/documents/fields/table';
import type { OperationSchema } from '@/documents/schema';
import styles from './OperationCard.module.css';
import { summary } from './summary';

type Table = { [key: string]: JsonValue };

interface OperationCardProps {
  id: string;
  index: number;
  count: number;
  step: Table;
  schema: OperationSchema | undefined;
  open: boolean;
  onOpen: (id: string, open: boolean) => void;
  onSet: (
    index: number,
    key: string,
    label: string,
    value: JsonValue | undefined,
    gesture: string | null,
  ) => void;
  onMove: (index: number, to: number) => void;
  onDuplicate: (index: number) => void;
  onRemove: (index: number) => void;
}

export const OperationCard = memo(function OperationCard(props: OperationCardProps) {
  const { id, index, count, step, schema, open, onOpen, onSet, onMove, onDuplicate, onRemove } =
    props;
  const { t } = useTranslation();
  const sortable = useSortable({ id });
  const typing = useTypingGesture();
  const op = String(step.op ?? '?');
  const Icon = icons[op] ?? Puzzle;
  const kind = t(`operations.names.${op}`, op);
  const name = typeof step.name === 'string' ? step.name : '';
  const title = name || kind;
  const enabled = step.enabled !== false;
  const keys = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    event.stopPropagation();
    const to = index + (event.key === 'ArrowUp' ? -1 : 1);
    if (to >= 0 && to < count) onMove(index, to);
  };
  const entries: MenuEntry[] = [
    {
      label: t('inspector.chain.up'),
      icon: <ArrowUp />,
      keys: 'Alt+↑',
      disabled: index === 0,
      perform: () => onMove(index, index - 1),
    },
    {
      label: t('inspector.chain.down'),
      icon: <ArrowDown />,
      keys: 'Alt+↓',
      disabled: index === count - 1,
      perform: () => onMove(index, index + 1),
    },
    'separator',
    {
      label: t('inspector.chain.duplicate'),
      icon: <CopyPlus />,
      perform: () => onDuplicate(index),
    },
    {
      label: t('inspector.chain.remove'),
      icon: <Trash2 />,
      danger: true,
      perform: () => onRemove(index),
    },
  ];
  return (
    <li
      ref={sortable.setNodeRef}
      className={styles.card}
      data-off={!enabled || undefined}
      data-dragged={sortable.isDragging || undefined}
      style={{
        transform: CSS.Translate.toString(sortable.transform),
        transition: sortable.transition,
      }}
      onKeyDown={keys}
    >
      <ContextMenu entries={entries}>
        <header className={styles.header}>
          <button
            type="button"
            className={styles.grip}
            {...sortable.attributes}
            {...sortable.listeners}
            aria-label={t('inspector.chain.drag', { name: title })}
          >
            <GripVertical />
          </button>
          <button
            type="button"
            className={styles.title}
            aria-expanded={open}
            data-card={index}
            onClick={() => onOpen(id, !open)}
          >
            {open ? <ChevronDown /> : <ChevronRight />}
            <Icon />
            <span className={styles.name}>{title}</span>
            <span className={styles.summary}>{open ? (name ? kind : '') : summary(step)}</span>
          </button>
          <Switch
            label={t('inspector.chain.enabled', { name: title })}
            checked={enabled}
            onChange={(on) =>
              onSet(index, 'enabled', t('inspector.chain.enabledKey'), on ? undefined : false, null)
            }
          />
          <Menu
            trigger={
              <IconButton label={t('inspector.chain.more', { name: title })} icon={<Ellipsis />} />
            }
            entries={entries}
          />
        </header>
      </ContextMenu>
      {open && (
        <div className={styles.body}>
          <FieldList
            table={op}
            fields={schema?.fields ?? []}
            values={step}
            except={['op', 'name', 'enabled']}
            onChange={(field, value, gesture) =>
              onSet(
                index,
                field.key,
                t([`operations.fields.${op}.${field.key}`, `operations.labels.${field.key}`]),
                value,
                gesture,
              )
            }
          />
          {schema?.fields.length === 0 && (
            <p className={styles.nothing}>{t('inspector.chain.nothing')}</p>
          )}
          <TextField
            className={styles.rename}
            aria-label={t('inspector.chain.name')}
            placeholder={t('inspector.chain.namePlaceholder')}
            value={name}
            maxLength={200}
            onChange={(event) =>
              onSet(
                index,
                'name',
                t('inspector.chain.name'),
                event.target.value || undefined,
                typing.now(),
              )
            }
            onBlur={typing.end}
          />
        </div>
      )}
    </li>
  );
});
