import type { ComponentProps, ReactNode } from 'react';
import styles from './Button.module.css';
import { Tooltip } from './Tooltip';

type ButtonProps = ComponentProps<'button'> & {
  /** `primary`: the one thing to do here; `quiet`: without a frame. */
  look?: 'plain' | 'primary' | 'quiet' | 'danger';
};

/** A button with words. */
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
  /** What it does, for tooltips and screen readers. */
  label: string;
  /** The key that does the same, as people read it. */
  keys?: string;
  icon: ReactNode;
  pressed?: boolean;
};

/** A button with a picture; its label shows when the pointer rests. */
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
