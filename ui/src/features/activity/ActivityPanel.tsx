// The activity panel: the exports, and the engine's status line, which stays when it is closed.
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
