import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import popup from '@/components/popup.module.css';
import styles from './Select.module.css';

export interface Option<V extends string> {
  value: V;
  label: string;
  /** Shown below the label in the list. */
  description?: string | undefined;
}

interface SelectProps<V extends string> {
  /** The label for screen readers, where none stands beside it. */
  label?: string;
  id?: string;
  value: V;
  options: readonly Option<V>[];
  onChange: (value: V) => void;
  disabled?: boolean;
  /** Whether the value is a default, not set by the user. */
  dimmed?: boolean;
  className?: string | undefined;
}

export function Select<V extends string>({
  label,
  id,
  value,
  options,
  onChange,
  disabled,
  dimmed,
  className,
}: SelectProps<V>) {
  return (
    <Base.Root
      items={options as Option<V>[]}
      value={value}
      onValueChange={(chosen) => chosen !== null && onChange(chosen as V)}
      disabled={disabled}
    >
      <Base.Trigger
        id={id}
        aria-label={label}
        data-dimmed={dimmed || undefined}
        className={[styles.trigger, className].join(' ')}
      >
        <Base.Value className={styles.value} />
        <Base.Icon className={styles.icon}>
          <ChevronDown />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={popup.positioner} sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className={`${popup.popup} ${styles.popup}`}>
            <Base.List>
              {options.map((option) => (
                <Base.Item
                  key={option.value}
                  value={option.value}
                  className={`${popup.item} ${styles.item}`}
                >
                  <span className={styles.words}>
                    <Base.ItemText>{option.label}</Base.ItemText>
                    {option.description && (
                      <span className={styles.description}>{option.description}</span>
                    )}
                  </span>
                  <Base.ItemIndicator className={styles.check}>
                    <Check />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
