// What the engine does, and the export runs. Closed, only the status line is left.
import { useReport } from '@/state/activity';
import { useView } from '@/state/view';
import styles from './ActivityPanel.module.css';
import { Report } from './Report';
import { RunList } from './RunList';
import { StatusLine } from './StatusLine';

export function ActivityPanel() {
  const shown = useView((view) => view.activity);
  const report = useReport(({ run }) => run);
  const setReport = (run: number | null) => useReport.setState({ run });
  return (
    <div className={styles.panel}>
      <StatusLine />
      {shown && (
        <div className={styles.body}>
          {report === null ? (
            <RunList onReport={setReport} />
          ) : (
            <Report id={report} onBack={() => setReport(null)} />
          )}
        </div>
      )}
    </div>
  );
}
