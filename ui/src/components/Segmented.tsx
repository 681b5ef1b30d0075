import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { ReactNode } from 'react';
import styles from './Segmented.module.css';
import { Tooltip } from './Tooltip';

export interface Segment<V extends string> {
  value: V;
  label: string;
  icon?: ReactNode;
  keys?: string | undefined;
  disabled?: boolean;
}

interface SegmentedProps<V extends string> {
  label: string;
  /** Null: none of them. */
  value: V | null;
  segments: readonly Segment<V>[];
  onChange: (value: V) => void;
}

/** A segmented control: one of a few options, all visible. */
export function Segmented<V extends string>({
  label,
  value,
  segments,
  onChange,
}: SegmentedProps<V>) {
  return (
    <ToggleGroup
      aria-label={label}
      className={styles.group}
      value={value === null ? [] : [value]}
      onValueChange={(chosen) => {
        const [now] = chosen;
        if (now) onChange(now as V);
      }}
    >
      {segments.map((segment) => {
        const toggle = (
          <Toggle
            key={segment.value}
            value={segment.value}
            aria-label={segment.label}
            disabled={segment.disabled ?? false}
            className={styles.segment}
          >
            {segment.icon ?? segment.label}
          </Toggle>
        );
        return segment.icon ? (
          <Tooltip key={segment.value} text={segment.label} keys={segment.keys}>
            {toggle}
          </Tooltip>
        ) : (
          toggle
        );
      })}
    </ToggleGroup>
  );
}
