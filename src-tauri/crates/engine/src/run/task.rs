//! The task that owns a run's state: it works, waits, and obeys.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use cropmark_store::RunState;
use tokio::sync::{mpsc, oneshot};

use super::{
    command::Command,
    context::RunContext,
    error::RunError,
    events::RunEvents,
    executor::{ExecutionEnd, Executor, Step},
    planned_source::PlannedSource,
    progress::RunProgress,
    stored_run::{PutBack, StoredRun, stored},
};
use crate::source::Found;

/// How long a run that ends waits for those who still read a file. A large one is not waited for.
const LAST_READING: Duration = Duration::from_secs(2);

/// A run at work.
pub(super) struct RunTask {
    pub(super) context: Arc<RunContext>,
    pub(super) sources: Arc<[Found]>,
    /// Sources that were planned before the run began.
    pub(super) planned: HashMap<u32, PlannedSource>,
    /// The run in the store, if it is recorded.
    pub(super) stored: Option<StoredRun>,
    pub(super) events: RunEvents,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    /// Whether the user has paused it while it was at work.
    pub(super) is_paused: bool,
    /// Whether items were put back since the execution began.
    pub(super) has_put_back: bool,
}

impl RunTask {
    /// Executes the run each time that it is running, until its last handle is dropped. A run that is
    /// not recorded is executed once.
    pub(super) async fn run(mut self) {
        loop {
            let state = self.events.progress.borrow().state;
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
        let is_held = || {
            let plan = self.stored.as_ref().map(|run| &run.plan);
            Arc::strong_count(&self.context) > 1
                || plan.is_some_and(|plan| Arc::strong_count(plan) > 1)
        };
        while is_held() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Executes the run once, and does what follows from the end. `false`: the task ends.
    async fn work(&mut self) -> bool {
        self.has_put_back = false;
        let before = self.count().await;
        self.events.stopwatch().start();
        let (end, is_record_lost) = self.execute().await;
        if is_record_lost {
            self.stored = None;
        }
        self.events.stopwatch().stop();
        self.is_paused = false;
        self.context.engine.resume(self.context.batch);
        if let Some(run) = self.stored.clone()
            && let Err(reason) = stored(move || run.store.settle_run(run.id)).await
        {
            tracing::debug!(reason, "what was under way is decided about when the run goes on");
        }
        let after = self.count().await;
        match end {
            ExecutionEnd::Complete => match after.total.map(|total| total - after.ended()) {
                Some(0) => self.set_state(RunState::Done, None).await,
                _ if self.stored.is_none() => self.set_state(RunState::Done, None).await,
                _ if self.has_put_back || after.ended() > before.ended() => {}
                _ => {
                    tracing::error!("items of a run are left, and none was worked on");
                    let reason = "some of its rows could not be worked on; export again";
                    self.set_state(RunState::Paused, Some(reason.to_owned())).await;
                }
            },
            ExecutionEnd::Halted(reason) => self.set_state(RunState::Paused, Some(reason)).await,
            ExecutionEnd::Cancelled(done) => {
                self.set_state(RunState::Cancelled, None).await;
                let _ = done.send(());
            }
            ExecutionEnd::Stopped(Some(reason)) => {
                self.set_state(RunState::Paused, Some(reason)).await;
                return false;
            }
            ExecutionEnd::Stopped(None) => return false,
        }
        self.stored.is_some()
    }

    /// Executes the run; returns how that ended, and whether the run has lost its record.
    async fn execute(&mut self) -> (ExecutionEnd, bool) {
        let opened = Executor::open(
            &self.context,
            self.stored.clone(),
            Arc::clone(&self.sources),
            std::mem::take(&mut self.planned),
            self.events.clone(),
        );
        let mut executor = match opened.await {
            Ok(executor) => executor,
            Err(reason) => return (ExecutionEnd::Halted(reason), false),
        };
        let end = loop {
            match executor.step(self.is_paused, &mut self.commands).await {
                Step::Progress => {}
                Step::Command(command) => {
                    if let Some(end) = self.obey(command).await {
                        break end;
                    }
                }
                Step::End(end) => break end,
            }
        };
        executor.close(end).await
    }

    /// Does what a command says while the run is executed; returns the end where it is one.
    async fn obey(&mut self, command: Option<Command>) -> Option<ExecutionEnd> {
        let (engine, batch) = (&self.context.engine, self.context.batch);
        match command {
            Some(Command::Pause(reason)) if !self.is_paused => {
                engine.pause(batch);
                self.is_paused = true;
                self.events.stopwatch().stop();
                self.set_state(RunState::Paused, reason).await;
            }
            Some(Command::Resume(done)) if self.is_paused => {
                engine.resume(batch);
                self.is_paused = false;
                self.events.stopwatch().start();
                self.set_state(RunState::Running, None).await;
                let _ = done.send(());
            }
            Some(Command::Pause(_) | Command::Resume(_)) => {}
            Some(Command::Retry(positions, answer)) => self.retry(positions, answer).await,
            Some(Command::Cancel(done)) => return Some(ExecutionEnd::Cancelled(done)),
            Some(Command::Stop(reason)) => return Some(ExecutionEnd::Stopped(reason)),
            None => return Some(ExecutionEnd::Stopped(None)),
        }
        None
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
            // A cancelled run is not worked on any more.
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

    /// Counts again, from the items, where the run is recorded; returns the sums.
    async fn count(&self) -> RunProgress {
        let mut progress = self.events.progress.borrow().clone();
        if let Some(run) = self.stored.clone() {
            let counted = stored(move || {
                progress.count(&run.store, run.id)?;
                Ok(progress)
            });
            match counted.await {
                Ok(counted) => self.events.update(|progress| *progress = counted),
                Err(reason) => tracing::warn!(reason, "the sums of a run cannot be read"),
            }
        }
        self.events.progress.borrow().clone()
    }

    /// Notes a state, and reports it.
    async fn set_state(&self, state: RunState, reason: Option<String>) {
        let mut noted = self.events.progress.borrow().clone();
        (noted.state, noted.reason) = (state, reason.clone());
        if let Some(run) = self.stored.clone()
            && let Err(error) = stored(move || run.note(&noted)).await
        {
            // On a full disk, for instance: then it counts as running, which is as good.
            tracing::warn!(error, ?state, "the state of a run is not noted");
        }
        self.events.update(|progress| (progress.state, progress.reason) = (state, reason));
    }

    /// Puts failed items back.
    async fn retry(
        &mut self,
        positions: Option<Vec<u32>>,
        answer: oneshot::Sender<Result<u64, RunError>>,
    ) {
        let Some(run) = self.stored.clone() else {
            let _ = answer.send(Ok(0));
            return;
        };
        let put_back = tokio::task::spawn_blocking(move || run.put_back(positions.as_deref()));
        let put_back = match put_back.await {
            Ok(put_back) => put_back.map_err(RunError::from),
            Err(_) => Err(RunError::Closed),
        };
        if let Ok(PutBack { items, retriable, accepts_changes }) = put_back {
            if accepts_changes {
                self.context.rulebook.accept_files();
            }
            self.has_put_back = true;
            // Until they are counted again, at the end of the execution.
            self.events.update(|progress| {
                progress.failed = progress.failed.saturating_sub(items);
                progress.retriable = progress.retriable.saturating_sub(retriable);
            });
        }
        // Who asked may have gone.
        let _ = answer.send(put_back.map(|put_back| put_back.items));
    }
}

/// A fault of the program must not leave a run that looks as if it were at work: it can be opened
/// again and goes on.
impl Drop for RunTask {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.events.update(|progress| {
                progress.state = RunState::Paused;
                progress.reason = Some("the program has a fault; resume the run".to_owned());
            });
        }
    }
}
