// The list of problems and warnings of the preset file, with links to their positions.
import { useQueryClient } from '@tanstack/react-query';
import { Info, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Problem, Warning } from '@/api/bindings';
import { Button } from '@/components/Button';
import { changeDocument } from '@/documents/edits';
import { showTextPosition } from '@/documents/textPosition';
import styles from './ProblemsPanel.module.css';

interface ProblemsPanelProps {
  file: string;
  problems: readonly Problem[];
  warnings: readonly Warning[];
}

export function ProblemsPanel({ file, problems, warnings }: ProblemsPanelProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return (
    <section className={styles.panel} aria-label={t('inspector.problems.title')}>
      <ul>
        {problems.map((problem) => (
          <li key={keyOf(problem)}>
            <Finding file={file} found={problem} off={problem.generator} />
          </li>
        ))}
        {warnings.map((warning) => {
          const { fix, message } = warning;
          return (
            <li key={keyOf(warning)} className={styles.warning}>
              <Finding file={file} found={warning} off={null} />
              {fix && (
                <Button
                  aria-label={t('inspector.problems.fixed', { message })}
                  onClick={() =>
                    void changeDocument(client, file, {
                      edits: [fix],
                      label: t('inspector.problems.fix'),
                    })
                  }
                >
                  {t('inspector.problems.fix')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const keyOf = ({ line, column, message }: Problem | Warning) => `${line}:${column}:${message}`;

interface FindingProps {
  file: string;
  found: Problem | Warning;
  /** The generator that is off because of it. */
  off: string | null;
}

/** One of them, as a link to its place in the text. */
function Finding({ file, found, off }: FindingProps) {
  const { t } = useTranslation();
  const { line, column, message } = found;
  return (
    <button
      type="button"
      className={styles.problem}
      onClick={() => showTextPosition({ file, line, column, length: found.length ?? 0 })}
    >
      {'fix' in found ? <Info aria-hidden /> : <TriangleAlert aria-hidden />}
      <span className={styles.message}>{message}</span>
      <span className={styles.place}>
        {[
          t('inspector.problems.place', { line, column }),
          off && t('inspector.problems.off', { generator: off }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </button>
  );
}
