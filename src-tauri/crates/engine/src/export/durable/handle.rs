//! The handle of a run at work.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use cropmark_store::{ItemState, NewRun, RunId, RunState, Store, StoreError};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    super::{Cache, ExportError, Found, Row, foresee::foresee, prepare::blocking, run::Export},
    PLAN_VERSION, RunError, RunPlan, RunProgress,
    plan::RunOrigin,
    planning::Origin,
    progress::Stopwatch,
    record::KEPT_RUNS,
    recorder::Outlet,
    spec::{read, value},
    task::{Command, Task},
};
use crate::{BatchId, Engine};

/// Reports that wait to be taken; while they do, the run waits too.
const WAITING: usize = 1024;
/// Batches of runs are numbered from here; others are below.
const BATCHES: u64 = 1 << 48;
/// Items that are read at a time.
const PAGE: u32 = 500;

/// What a run tells.
#[derive(Debug, Clone, PartialEq)]
pub enum RunReport {
    /// An item has an end, which is on the disk; if it has a file, the file is final.
    Row {
        /// Its position in the run.
        position: u32,
        /// What became of it.
        row: Box<Row>,
    },
    /// Nothing more will be told about one of the sources.
    SourceDone,
}

/// A run at work. Dropping it stops the work; the run itself stays as it is, to be opened again.
///
/// Take the reports, or drop their receiver: while they wait, so does the run.
#[derive(Debug)]
pub struct Run {
    id: RunId,
    commands: mpsc::UnboundedSender<Command>,
    progress: watch::Receiver<RunProgress>,
}

impl Run {
    /// Writes a run down and begins it. Relative paths are below the plan's base. Runs that are
    /// over and those of the same command with other sources make room for it.
    ///
    /// # Errors
    /// Where the rules or names of the plan cannot be used, two results would have one name, or
    /// the store cannot be written ([`StoreError::ReadOnly`]); nothing was begun then.
    pub async fn begin(
        engine: &Engine,
        cache: &Cache,
        mut plan: RunPlan,
        sources: Vec<Found>,
    ) -> Result<(Self, mpsc::Receiver<RunReport>), RunError> {
        let id = RunId(0);
        let (export, sources) = export(engine, cache, id, &plan, sources).await?;
        let clashes = foresee(&export, &sources).await;
        if !clashes.is_empty() {
            return Err(ExportError::Clashes(clashes).into());
        }
        let store = cache.store().clone();
        let begun = blocking(move || {
            let digest = Some(plan.digest(&sources));
            plan.count_sources(sources.len());
            let specs: Vec<_> = sources.iter().filter_map(value).collect();
            let new = NewRun { plan: value(&plan).unwrap_or_default(), digest, sources: specs };
            let begun = make_room(&store, &plan).and_then(|()| store.begin_run(new, now()));
            Ok(begun.map(|id| (id, plan, sources.len() as u64)))
        });
        let (id, plan, sources) = begun.await.map_err(|_| RunError::Closed)??;
        let progress = RunProgress::new(RunState::Running, sources);
        let mut export = Arc::into_inner(export).ok_or(RunError::Closed)?;
        export.batch = batch(id);
        Ok(Self::start(Arc::new(export), cache, id, plan, progress))
    }

    /// Opens a run of this store again, and decides about what was under way when its process
    /// ended. One that is not over waits for [`Run::resume`], another for [`Run::retry`].
    ///
    /// # Errors
    /// Where there is no such run, its plan cannot be used (any more), or the store cannot be
    /// read or written.
    pub async fn reopen(
        engine: &Engine,
        cache: &Cache,
        id: RunId,
    ) -> Result<(Self, mpsc::Receiver<RunReport>), RunError> {
        let store = cache.store().clone();
        let opened = blocking(move || Ok(open(&store, id))).await;
        let Reopened { plan, sources, progress } = opened.map_err(|_| RunError::Closed)??;
        let (export, _) = export(engine, cache, id, &plan, sources).await?;
        Ok(Self::start(export, cache, id, plan, progress))
    }

    fn start(
        export: Arc<Export>,
        cache: &Cache,
        id: RunId,
        plan: RunPlan,
        progress: RunProgress,
    ) -> (Self, mpsc::Receiver<RunReport>) {
        let (reports, told) = mpsc::channel(WAITING);
        let (commands, received) = mpsc::unbounded_channel();
        let stopwatch = Arc::new(Mutex::new(Stopwatch::new(progress.seconds)));
        let (progress, watched) = watch::channel(progress);
        let task = Task {
            export,
            origin: Origin { store: cache.store().clone(), id, plan: Arc::new(plan) },
            outlet: Outlet { reports, progress, stopwatch },
            commands: received,
            is_paused: false,
            has_put_back: false,
        };
        tokio::spawn(task.run());
        (Self { id, commands, progress: watched }, told)
    }

    /// Its number in the store.
    #[must_use]
    pub fn id(&self) -> RunId {
        self.id
    }

    /// How far it is, and each change of it.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<RunProgress> {
        self.progress.clone()
    }

    /// Begins nothing more; what workers have begun comes to its end.
    pub fn pause(&self) {
        self.command(Command::Pause(None));
    }

    /// Goes on after a pause, whoever or whatever was the reason, or after [`Run::reopen`].
    /// When this returns, the run is at work again, unless it is over.
    pub async fn resume(&self) {
        let (done, resumed) = oneshot::channel();
        self.command(Command::Resume(done));
        let _ = resumed.await;
    }

    /// Gives up what is not done. What is done stays. When this returns, nothing of it is under
    /// way any more.
    pub async fn cancel(&self) {
        let (done, cancelled) = oneshot::channel();
        self.command(Command::Cancel(done));
        let _ = cancelled.await;
    }

    /// Tries failed items again: these, or all. Returns how many; of a cancelled run none. A run
    /// that was done goes on; a paused one does so at [`Run::resume`]. The items of a source that
    /// could not be read at all are planned anew, and get other positions.
    ///
    /// # Errors
    /// Where the store cannot be written, or the run was closed.
    pub async fn retry(&self, positions: Option<Vec<u32>>) -> Result<u64, RunError> {
        let (answer, answered) = oneshot::channel();
        self.command(Command::Retry(positions, answer));
        answered.await.map_err(|_| RunError::Closed)?
    }

    /// Ends the work in this process and pauses the run for this reason. The reports end once
    /// everything is written.
    pub fn stop(&self, reason: &str) {
        self.command(Command::Stop(Some(reason.to_owned())));
    }

    /// Waits until the run is no longer at work here: paused, over, or closed.
    pub async fn rested(&self) -> RunProgress {
        let mut progress = self.progress.clone();
        let rested = progress.wait_for(|progress| progress.state != RunState::Running).await;
        rested.map_or_else(|_| self.progress.borrow().clone(), |progress| progress.clone())
    }

    /// Ends the work in this process and waits until nothing of it moves any more, whoever else
    /// holds the handle. The run stays as it is, to be opened again.
    pub async fn close(&self) {
        self.command(Command::Stop(None));
        self.commands.closed().await;
    }

    /// Whether its work in this process has ended: it obeys nobody, and is to be opened again.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.commands.is_closed()
    }

    fn command(&self, command: Command) {
        // A task that has ended obeys nobody any more.
        let _ = self.commands.send(command);
    }
}

fn batch(id: RunId) -> BatchId {
    BatchId(BATCHES + id.0.unsigned_abs())
}

fn now() -> SystemTime {
    SystemTime::now()
}

/// What a run works with. The sources are put among what is never written to.
async fn export(
    engine: &Engine,
    cache: &Cache,
    id: RunId,
    plan: &RunPlan,
    sources: Vec<Found>,
) -> Result<(Arc<Export>, Vec<Found>), RunError> {
    let (engine, cache, plan) = (engine.clone(), cache.clone(), plan.clone());
    let made = blocking(move || {
        let made = plan.rulebook().and_then(|rulebook| {
            let mut destination = plan.place(&rulebook)?;
            for found in sources.iter().filter(|found| found.fault.is_none()) {
                // One that has just gone will be a failed row.
                let _ = destination.originals.insert(&plan.rooted(&found.path));
            }
            let workers = engine.snapshot().workers.len().max(1);
            let cache = Some(cache);
            let batch = batch(id);
            let dry_run = false;
            let export = Export { engine, rulebook, destination, cache, batch, workers, dry_run };
            Ok((Arc::new(export), sources))
        });
        Ok(made)
    });
    made.await.map_err(|_| RunError::Closed)?
}

/// Gives up runs that the new one replaces, and forgets old ones.
fn make_room(store: &Store, plan: &RunPlan) -> Result<(), StoreError> {
    let mut commands = 0;
    if plan.origin == RunOrigin::Command {
        for run in store.unfinished_runs()? {
            let Some(other) = read::<RunPlan>(&run.plan) else { continue };
            if other.origin != RunOrigin::Command {
                continue;
            }
            commands += 1;
            let reason = if other.asks_the_same(plan) {
                "its sources have changed since; another run took its place"
            } else if commands >= KEPT_RUNS {
                "it was not gone on with for a long time"
            } else {
                continue;
            };
            store.set_run_state(run.id, RunState::Cancelled, Some(reason), now())?;
        }
    }
    store.prune_runs(KEPT_RUNS)
}

/// What the store has of a run.
struct Reopened {
    plan: RunPlan,
    sources: Vec<Found>,
    progress: RunProgress,
}

fn open(store: &Store, id: RunId) -> Result<Reopened, RunError> {
    let run = store.run(id)?.ok_or(StoreError::UnknownRun { id: id.0 })?;
    let unusable = |detail: &str| RunError::Unusable { id, detail: detail.to_owned() };
    let plan: RunPlan = read(&run.plan).ok_or_else(|| unusable("its plan is damaged"))?;
    if plan.version != PLAN_VERSION {
        return Err(unusable("its plan was written by another version"));
    }
    let mut sources = Vec::new();
    loop {
        let from = u32::try_from(sources.len()).unwrap_or(u32::MAX);
        let page = store.run_sources(id, from, PAGE)?;
        if page.is_empty() {
            break;
        }
        sources.extend(page.iter().filter_map(|source| read::<Found>(&source.spec)));
        if sources.len() < from as usize + page.len() {
            return Err(unusable("one of its sources cannot be understood"));
        }
    }
    if !plan.has_sources(sources.len()) {
        return Err(unusable("some of its sources were lost with a damaged index"));
    }
    if matches!(run.state, RunState::Running | RunState::Paused) {
        store.settle_run(id)?;
        forget_missing(store, id)?;
    }
    // It rests until somebody says otherwise, whatever stands in the store.
    let state = if run.state == RunState::Running { RunState::Paused } else { run.state };
    let mut progress = RunProgress::new(state, sources.len() as u64);
    progress.reason.clone_from(&run.reason);
    progress.seconds = run.summary.as_ref().map_or(0.0, RunProgress::noted_seconds);
    progress.count(store, id)?;
    Ok(Reopened { plan, sources, progress })
}

/// What somebody has deleted since is to do again.
fn forget_missing(store: &Store, id: RunId) -> Result<(), StoreError> {
    let mut missing = VecDeque::new();
    let mut from = 0;
    loop {
        let page = store.run_items_from(id, &[ItemState::Done], from, PAGE)?;
        for item in &page {
            let is_gone = |path: &std::path::PathBuf| {
                let found = path.symlink_metadata();
                found.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
            };
            if item.path.as_ref().is_some_and(is_gone) {
                missing.push_back(item.position);
            }
        }
        let Some(last) = page.last().filter(|_| page.len() == PAGE as usize) else { break };
        from = last.position + 1;
    }
    if missing.is_empty() { Ok(()) } else { store.set_items_pending(id, missing.into()) }
}
