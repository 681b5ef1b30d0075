//! The task that owns a run's state: it works, waits, and obeys.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use cropmark_rules::FaultCode;
use cropmark_store::{ItemState, RunItem, RunState, StoreError};
use tokio::sync::{mpsc, oneshot};

use super::{
    super::{Row, run::Export},
    RunError, RunProgress,
    pass::{PassEnd, pass},
    planning::Origin,
    recorder::Outlet,
    source::stored,
    spec::{ItemSpec, StoredReport, read, value},
};

/// How long a run that ends waits for those who still read a file. A large one is not waited for.
const LAST_READING: Duration = Duration::from_secs(2);

/// What a run can be told.
pub(super) enum Command {
    /// Begin nothing more.
    Pause(Option<String>),
    /// Go on; answers once it does.
    Resume(oneshot::Sender<()>),
    /// Nobody wants the rest; answers once nothing of it is under way.
    Cancel(oneshot::Sender<()>),
    /// Try failed items again, these or all; answers how many.
    Retry(Option<Vec<u32>>, oneshot::Sender<Result<u64, RunError>>),
    /// End this process' part; with a reason, the run is paused for it.
    Stop(Option<String>),
}

/// A run at work.
pub(super) struct Task {
    pub(super) export: Arc<Export>,
    pub(super) origin: Origin,
    pub(super) outlet: Outlet,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    /// Whether a person has paused it while it was at work.
    pub(super) is_paused: bool,
    /// Whether items were put back since the pass began.
    pub(super) has_put_back: bool,
}

impl Task {
    /// Works and waits until nobody has a handle any more.
    pub(super) async fn run(mut self) {
        loop {
            let state = self.outlet.progress.borrow().state;
            let goes_on = match state {
                RunState::Running => self.work().await,
                RunState::Paused | RunState::Done | RunState::Cancelled => self.wait(state).await,
            };
            if !goes_on {
                return self.quiet_down().await;
            }
        }
    }

    /// Waits for what was taken back while it waited for the disk: it holds the store for as long.
    async fn quiet_down(&self) {
        let until = Instant::now() + LAST_READING;
        let holders = || Arc::strong_count(&self.export).max(Arc::strong_count(&self.origin.plan));
        while holders() > 1 && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// One pass, and what follows from its end. `false`: the task ends.
    async fn work(&mut self) -> bool {
        self.has_put_back = false;
        let before = self.count().await;
        self.stopwatch(true);
        let end = pass(self).await;
        self.stopwatch(false);
        self.is_paused = false;
        self.export.engine.resume(self.export.batch);
        let (settled, origin) = (self.origin.clone(), self.origin.clone());
        if let Err(reason) = stored(move || settled.store.settle_run(settled.id)).await {
            tracing::debug!(reason, "what was under way is decided about when the run goes on");
        }
        let after = self.count().await;
        match end {
            PassEnd::Complete => match after.total.map(|total| total - after.ended()) {
                Some(0) => self.set_state(RunState::Done, None).await,
                _ if self.has_put_back || after.ended() > before.ended() => {}
                _ => {
                    tracing::error!(run = origin.id.0, "items are left that nobody works on");
                    let reason = "some of its rows could not be worked on; export again";
                    self.set_state(RunState::Paused, Some(reason.to_owned())).await;
                }
            },
            PassEnd::Halted(reason) => self.set_state(RunState::Paused, Some(reason)).await,
            PassEnd::Cancelled(done) => {
                self.set_state(RunState::Cancelled, None).await;
                let _ = done.send(());
            }
            PassEnd::Stopped(Some(reason)) => {
                self.set_state(RunState::Paused, Some(reason)).await;
                return false;
            }
            PassEnd::Stopped(None) => return false,
        }
        true
    }

    /// Waits for a command. `false`: the task ends.
    async fn wait(&mut self, state: RunState) -> bool {
        match self.commands.recv().await {
            Some(Command::Resume(done)) if state == RunState::Paused => {
                self.set_state(RunState::Running, None).await;
                let _ = done.send(());
            }
            Some(Command::Cancel(done)) if state == RunState::Paused => {
                self.set_state(RunState::Cancelled, None).await;
                let _ = done.send(());
            }
            // Nobody would work on them: what was cancelled stays as it is.
            Some(Command::Retry(_, answer)) if state == RunState::Cancelled => {
                let _ = answer.send(Ok(0));
            }
            Some(Command::Retry(positions, answer)) => {
                self.retry(positions, answer).await;
                let progress = self.count().await;
                if progress.total.is_none_or(|total| progress.ended() < total)
                    && state == RunState::Done
                {
                    self.set_state(RunState::Running, None).await;
                }
            }
            Some(Command::Resume(_) | Command::Pause(_) | Command::Cancel(_)) => {}
            Some(Command::Stop(Some(reason))) if state == RunState::Paused => {
                self.set_state(RunState::Paused, Some(reason)).await;
                return false;
            }
            Some(Command::Stop(_)) | None => return false,
        }
        true
    }

    fn stopwatch(&self, runs: bool) {
        let mut stopwatch = self.outlet.stopwatch.lock().unwrap_or_else(PoisonError::into_inner);
        if runs { stopwatch.start() } else { stopwatch.stop() }
    }

    /// The sums anew, from the items.
    async fn count(&self) -> RunProgress {
        let origin = self.origin.clone();
        let mut progress = self.outlet.progress.borrow().clone();
        let counted = stored(move || {
            progress.count(&origin.store, origin.id)?;
            Ok(progress)
        });
        match counted.await {
            Ok(counted) => self.outlet.update(|progress| *progress = counted),
            Err(reason) => tracing::warn!(reason, "the sums of a run cannot be read"),
        }
        self.outlet.progress.borrow().clone()
    }

    /// Notes a state, and tells it.
    pub(super) async fn set_state(&self, state: RunState, reason: Option<String>) {
        let told = reason.clone();
        let mut progress = self.outlet.progress.borrow().clone();
        (progress.state, progress.reason) = (state, reason.clone());
        let origin = self.origin.clone();
        let noted = stored(move || {
            let (store, id) = (&origin.store, origin.id);
            store.set_run_state(id, state, reason.as_deref(), SystemTime::now())?;
            value(&progress).map_or(Ok(()), |summary| store.set_run_summary(id, summary))
        });
        if let Err(error) = noted.await {
            // On a full disk, for instance: then it counts as running, which is as good.
            tracing::warn!(error, ?state, "the state of a run is not noted");
        }
        self.outlet.update(|progress| (progress.state, progress.reason) = (state, told));
    }

    /// Puts failed items back.
    pub(super) async fn retry(
        &mut self,
        positions: Option<Vec<u32>>,
        answer: oneshot::Sender<Result<u64, RunError>>,
    ) {
        let origin = self.origin.clone();
        let put_back = tokio::task::spawn_blocking(move || put_back(&origin, positions.as_deref()));
        let outcome = match put_back.await {
            Ok(outcome) => outcome.map_err(RunError::from),
            Err(_) => Err(RunError::Closed),
        };
        if let Ok(PutBack { items, retriable, accepts_changes }) = outcome {
            if accepts_changes {
                self.export.rulebook.accept_files();
            }
            self.has_put_back = true;
            // Until they are counted again, at the end of the pass.
            self.outlet.update(|progress| {
                progress.failed = progress.failed.saturating_sub(items);
                progress.retriable = progress.retriable.saturating_sub(retriable);
            });
        }
        // Who asked may have gone.
        let _ = answer.send(outcome.map(|put_back| put_back.items));
    }
}

/// A fault of the program must not leave a run that looks as if it were at work: it can be opened
/// again and goes on.
impl Drop for Task {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.outlet.update(|progress| {
                progress.state = RunState::Paused;
                progress.reason = Some("the program has a fault; go on with the run".to_owned());
            });
        }
    }
}

/// Failed items that are to do again.
#[derive(Debug, Clone, Copy)]
struct PutBack {
    items: u64,
    /// Those that counted as such.
    retriable: u64,
    /// Whether some of them were those of files that had changed.
    accepts_changes: bool,
}

fn put_back(origin: &Origin, positions: Option<&[u32]>) -> Result<PutBack, StoreError> {
    let (store, id) = (&origin.store, origin.id);
    let mut failed = store.run_items(id, &[ItemState::Failed])?;
    failed.retain(|item| positions.is_none_or(|positions| positions.contains(&item.position)));
    let (mut again, mut anew, mut accepted) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for item in &failed {
        let source = store.source_of_run_item(id, item.position)?;
        if let Some(source) = source.filter(|_| is_whole_source(item)) {
            anew.insert(source);
            continue;
        }
        if item.fault.as_ref().is_some_and(|fault| fault.code == FaultCode::SourceChanged) {
            accepted.extend(source);
        }
        again.push(item.position);
    }
    let reports = failed.iter().map(|item| item.report.as_ref().and_then(StoredReport::row));
    let retriable = reports.filter(|row| row.as_ref().is_none_or(Row::is_retriable)).count() as u64;
    let accepts_changes = !accepted.is_empty();
    store.set_items_pending(id, again)?;
    for source in accepted {
        // Whatever it is now is taken.
        store.set_run_source_facts(id, source, None)?;
    }
    for source in anew {
        store.unplan_run_source(id, source)?;
    }
    Ok(PutBack { items: failed.len() as u64, retriable, accepts_changes })
}

/// Whether an item stands for a source that could not be planned at all.
fn is_whole_source(item: &RunItem) -> bool {
    read::<ItemSpec>(&item.spec).is_none_or(|spec| spec.generator.is_none())
}
