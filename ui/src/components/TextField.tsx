import type { ComponentProps } from 'react';
import styles from './TextField.module.css';

export function TextField({ className, ...rest }: ComponentProps<'input'>) {
  return (
    <input
      type="text"
      spellCheck={false}
      autoComplete="off"
      {...rest}
      className={[styles.input, className].join(' ')}
    />
  );
}
