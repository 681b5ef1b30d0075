import type { ComponentProps, ReactNode } from 'react';
import styles from './Button.module.css';
import { Tooltip } from './Tooltip';

type ButtonProps = ComponentProps<'button'> & {
  /** `primary`: the main action; `quiet`: without a frame. */
  look?: 'plain' | 'primary' | 'quiet' | 'danger';
};

export function Button({ look = 'plain', className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, styles[look], className].join(' ')}
    />
  );
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'children'> & {
  /** The label for the tooltip and screen readers. */
  label: string;
  /** The key combination for the tooltip. */
  keys?: string;
  icon: ReactNode;
  pressed?: boolean;
};

/** A button with an icon; its label is shown in a tooltip. */
export function IconButton({ label, keys, icon, pressed, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        {...rest}
        className={[styles.icon, className].join(' ')}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
