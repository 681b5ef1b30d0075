import { Switch as Base } from '@base-ui/react/switch';
import styles from './Switch.module.css';

interface SwitchProps {
  id?: string;
  label?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

export function Switch({ id, label, checked, onChange, disabled }: SwitchProps) {
  return (
    <Base.Root
      {...(id ? { id } : {})}
      aria-label={label}
      className={styles.root}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled ?? false}
    >
      <Base.Thumb className={styles.thumb} />
    </Base.Root>
  );
}
