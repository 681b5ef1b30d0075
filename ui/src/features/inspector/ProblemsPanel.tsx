// The list of problems in the preset file, with links to their positions.
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '@/api/bindings';
import { showTextPosition } from '@/documents/textPosition';
import styles from './ProblemsPanel.module.css';

interface ProblemsPanelProps {
  file: string;
  problems: readonly Problem[];
}

export function ProblemsPanel({ file, problems }: ProblemsPanelProps) {
  const { t } = useTranslation();
  return (
    <section className={styles.panel} aria-label={t('inspector.problems.title')}>
      <ul>
        {problems.map((problem) => {
          const { line, column, message, generator } = problem;
          return (
            <li key={`${line}:${column}:${message}`}>
              <button
                type="button"
                className={styles.problem}
                onClick={() =>
                  showTextPosition({ file, line, column, length: problem.length ?? 0 })
                }
              >
                <TriangleAlert aria-hidden />
                <span className={styles.message}>{message}</span>
                <span className={styles.place}>
                  {[
                    t('inspector.problems.place', { line, column }),
                    generator && t('inspector.problems.off', { generator }),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
