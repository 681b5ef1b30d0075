//! The handle of a run at work.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use cropmark_rules::Fault;
use cropmark_store::{NewRun, RunId, RunState, Store, StoreError};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    command::Command,
    context::RunContext,
    error::RunError,
    events::{RunEvent, RunEvents},
    item::{read, value},
    name_clashes::{name_clashes, refused_names, told_apart},
    on_clash::OnClash,
    plan::{RunOrigin, RunPlan},
    planned_source::PlannedSource,
    progress::{RunProgress, Stopwatch},
    record::KEPT_RUNS,
    recorder::may_go_on_without,
    stored_run::{Reopened, StoredRun},
    task::RunTask,
};
use crate::{Engine, blocking::blocking, intake::Cache, source::Found};

/// Events that wait to be taken; while they do, the run waits too.
const WAITING: usize = 1024;

/// Whether a run is written down, so that it outlives its process.
#[derive(Debug)]
pub enum Record {
    /// It is, in this store, as this plan.
    Stored(Store, Box<RunPlan>),
    /// It is not: events are all that is left of it, and files.
    Nothing,
    /// It is not, nothing is rendered and no file is written: rows say what would be.
    DryRun,
}

/// A run at work. Dropping it stops the work; a recorded run itself stays as it is, to be opened
/// again.
///
/// Take the events, or drop their receiver: while they wait, so does the run.
#[derive(Debug)]
pub struct Run {
    id: Option<RunId>,
    commands: mpsc::UnboundedSender<Command>,
    progress: watch::Receiver<RunProgress>,
}

/// A run that a command has begun or goes on with.
#[derive(Debug)]
pub struct Begun {
    /// The run. One that is gone on with waits for [`Run::resume`].
    pub run: Run,
    /// What happens in it.
    pub events: mpsc::Receiver<RunEvent>,
    /// Whether it was begun before.
    pub is_resumed: bool,
    /// Why a run that was begun before cannot be gone on with.
    pub notice: Option<String>,
}

impl Run {
    /// Begins a run, and writes it down first where it is recorded. Relative paths are below the
    /// plan's base. Recorded runs that are over and those of the same command with other sources
    /// make room for it.
    ///
    /// # Errors
    /// Where two results would have one name, or the store cannot be written
    /// ([`StoreError::ReadOnly`]); nothing was begun then.
    pub async fn begin(
        context: RunContext,
        record: Record,
        sources: Vec<Found>,
    ) -> Result<(Self, mpsc::Receiver<RunEvent>), RunError> {
        let (context, record) = wait(move || {
            let mut record = record;
            if let Record::Stored(_, plan) = &mut record {
                plan.note_overlays(&context.rulebook);
            }
            Ok((context, record))
        })
        .await?;
        Self::begin_noted(context, record, sources).await
    }

    /// Goes on with the run that the same command began, or begins it.
    ///
    /// # Errors
    /// As of [`Run::begin`], and where the store cannot be read.
    pub async fn begin_or_resume(
        context: RunContext,
        store: Store,
        plan: RunPlan,
        sources: Vec<Found>,
    ) -> Result<Begun, RunError> {
        let looked = wait(move || {
            let mut plan = plan;
            plan.note_overlays(&context.rulebook);
            let digest = plan.digest(&sources);
            let known = store.unfinished_run(&digest)?;
            let reopened = known.map(|id| StoredRun::reopen(&store, id));
            Ok((context, store, plan, sources, reopened))
        });
        let (context, store, plan, sources, reopened) = looked.await?;
        let mut notice = None;
        match reopened {
            Some(Ok(reopened)) if reopened.is_for(&plan, &sources) => {
                let (run, events) = Self::reopened(context, reopened).await?;
                return Ok(Begun { run, events, is_resumed: true, notice });
            }
            Some(Ok(_)) => notice = Some("its record asks for something else".to_owned()),
            Some(Err(RunError::Unusable { detail, .. })) => notice = Some(detail),
            // Where it cannot be written, it is not begun in the store either.
            Some(Err(RunError::Store(error))) if error.is_disk_full() => {}
            Some(Err(error)) => return Err(error),
            None => {}
        }
        let record = Record::Stored(store, Box::new(plan));
        let (run, events) = Self::begin_noted(context, record, sources).await?;
        Ok(Begun { run, events, is_resumed: false, notice })
    }

    async fn begin_noted(
        mut context: RunContext,
        record: Record,
        sources: Vec<Found>,
    ) -> Result<(Self, mpsc::Receiver<RunEvent>), RunError> {
        context.dry_run = matches!(record, Record::DryRun);
        let (context, sources) = guarded(context, sources).await?;
        let given = Arc::clone(&sources);
        let (clashes, mut planned) = name_clashes(&context, &sources).await;
        let mut sources = sources;
        if !clashes.is_empty() {
            match context.on_clash {
                OnClash::Refuse => return Err(RunError::Clashes(clashes)),
                OnClash::Fail => {
                    context.refuse(refused_names(clashes).map_err(RunError::Clashes)?);
                }
                OnClash::Extension | OnClash::Number => {
                    let apart = told_apart(&context, sources.to_vec(), clashes).await;
                    let (renamed, again) = apart.map_err(RunError::Clashes)?;
                    (sources, planned) = (renamed.into(), again);
                }
            }
        }
        let progress = RunProgress::new(RunState::Running, sources.len() as u64);
        let stored = match record {
            Record::Nothing | Record::DryRun => None,
            Record::Stored(store, plan) => {
                let (written, context) = (Arc::clone(&sources), Arc::clone(&context));
                wait(move || {
                    let folder = &context.destination.folder;
                    match write_down(store.clone(), (*plan).clone(), &written, &given) {
                        Err(RunError::Store(error))
                            if may_go_on_without(&plan, &store, folder, &error) =>
                        {
                            tracing::warn!("{error}. The run goes on without a record");
                            Ok(None)
                        }
                        other => other.map(Some),
                    }
                })
                .await?
            }
        };
        Ok(Self::start(context, sources, planned, stored, progress))
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
    ) -> Result<(Self, mpsc::Receiver<RunEvent>), RunError> {
        let (engine, cache) = (engine.clone(), cache.clone());
        let opened = wait(move || {
            let reopened = StoredRun::reopen(cache.store(), id)?;
            Ok((reopened.run.plan.context(&engine, Some(cache))?, reopened))
        });
        let (context, reopened) = opened.await?;
        Self::reopened(context, reopened).await
    }

    async fn reopened(
        context: RunContext,
        reopened: Reopened,
    ) -> Result<(Self, mpsc::Receiver<RunEvent>), RunError> {
        let Reopened { run, sources, progress } = reopened;
        let (context, sources) = guarded(context, sources).await?;
        if context.on_clash == OnClash::Fail {
            let (clashes, _) = name_clashes(&context, &sources).await;
            context.refuse(refused_names(clashes).map_err(RunError::Clashes)?);
        }
        Ok(Self::start(context, sources, HashMap::new(), Some(run), progress))
    }

    fn start(
        context: Arc<RunContext>,
        sources: Arc<[Found]>,
        planned: HashMap<u32, PlannedSource>,
        stored: Option<StoredRun>,
        progress: RunProgress,
    ) -> (Self, mpsc::Receiver<RunEvent>) {
        let (events, happened) = mpsc::channel(WAITING);
        let (commands, received) = mpsc::unbounded_channel();
        let stopwatch = Arc::new(Mutex::new(Stopwatch::new(progress.seconds)));
        let (progress, watched) = watch::channel(progress);
        let id = stored.as_ref().map(|run| run.id);
        let task = RunTask {
            context,
            sources,
            planned,
            stored,
            events: RunEvents { events, progress, stopwatch },
            commands: received,
            is_paused: false,
            has_put_back: false,
        };
        tokio::spawn(task.run());
        (Self { id, commands, progress: watched }, happened)
    }

    /// Its number in the store; 0 where it is not recorded.
    #[must_use]
    pub fn id(&self) -> RunId {
        self.id.unwrap_or(RunId(0))
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

    /// Goes on after a pause, whatever its reason, or after [`Run::reopen`]. When this returns,
    /// the run is at work again, unless it is over.
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
    /// could not be read at all are planned again, and get other positions.
    ///
    /// # Errors
    /// Where the store cannot be written, or the run was closed.
    pub async fn retry(&self, positions: Option<Vec<u32>>) -> Result<u64, RunError> {
        let (answer, answered) = oneshot::channel();
        self.command(Command::Retry(positions, answer));
        answered.await.map_err(|_| RunError::Closed)?
    }

    /// Ends the work in this process and pauses the run for this reason. The events end once
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

    /// Whether its work in this process has ended: it takes no commands, and is to be opened
    /// again.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.commands.is_closed()
    }

    fn command(&self, command: Command) {
        // A task that has ended takes no commands any more.
        let _ = self.commands.send(command);
    }
}

/// Runs what may wait for the disk; its error is the caller's.
async fn wait<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RunError> + Send + 'static,
) -> Result<T, RunError> {
    blocking(move || Ok(work())).await.map_err(|_: Fault| RunError::Closed)?
}

/// Guards the sources of a run.
async fn guarded(
    mut context: RunContext,
    sources: Vec<Found>,
) -> Result<(Arc<RunContext>, Arc<[Found]>), RunError> {
    wait(move || {
        context.guard(&sources);
        Ok((Arc::new(context), sources.into()))
    })
    .await
}

/// Writes a run down. Runs that it replaces are given up, and old ones forgotten.
/// `given`: the sources under the names that they were given with.
fn write_down(
    store: Store,
    mut plan: RunPlan,
    sources: &[Found],
    given: &[Found],
) -> Result<StoredRun, RunError> {
    let digest = Some(plan.digest(given));
    plan.count_sources(sources.len());
    let specs: Vec<_> = sources.iter().filter_map(value).collect();
    let new = NewRun { plan: value(&plan).unwrap_or_default(), digest, sources: specs };
    make_room(&store, &plan)?;
    let id = store.begin_run(new, SystemTime::now())?;
    Ok(StoredRun { store, id, plan: Arc::new(plan) })
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
            let now = SystemTime::now();
            store.set_run_state(run.id, RunState::Cancelled, Some(reason), now)?;
        }
    }
    store.prune_runs(KEPT_RUNS)
}
