// A collapsible section of the form; remembers whether it is open.
import { ChevronDown, ChevronRight } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { useSections } from '@/state/sections';
import styles from './Section.module.css';

interface SectionProps {
  name: string;
  title: string;
  /** Shown while the section is closed. */
  summary?: ReactNode;
  /** Shown at the right of the title. */
  extra?: ReactNode;
  children: ReactNode;
}

export function Section({ name, title, summary, extra, children }: SectionProps) {
  const id = useId();
  const open = useSections((sections) => sections.open[name] ?? false);
  return (
    <section className={styles.section} aria-labelledby={id} data-section={name}>
      <header className={styles.header}>
        <h3 className={styles.heading}>
          <button
            type="button"
            id={id}
            className={styles.title}
            aria-expanded={open}
            onClick={() => useSections.getState().set(name, !open)}
          >
            {open ? <ChevronDown /> : <ChevronRight />}
            <span>{title}</span>
          </button>
        </h3>
        {!open && summary && <span className={styles.summary}>{summary}</span>}
        {extra}
      </header>
      {open && <div className={styles.body}>{children}</div>}
    </section>
  );
}
