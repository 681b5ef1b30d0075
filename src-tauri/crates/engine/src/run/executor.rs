//! One way through all sources of a run: what is not planned is planned, what is to do is done.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use cropmark_rules::Fault;
use tokio::{
    sync::{mpsc, oneshot},
    task::{JoinError, JoinHandle, JoinSet},
};

use super::{
    command::Command,
    context::RunContext,
    events::RunEvents,
    finished::Finished,
    item::{ItemSpec, SourceFacts},
    planned_source::{InHand, PlannedSource, plan_sources},
    recorder::{NewPlan, Recorder},
    shared::{STOPPED, Shared},
    source_task::SourceTask,
    stored_run::{StoredRun, stored},
    take_up::{PlannedItems, work_through},
    writer,
};
use crate::{
    blocking::blocking, intake::ContentIdentity, means, render::gather::LARGEST, source::Found,
};

/// Sources that are planned at a time, so that workers never wait for a disk.
const AHEAD: usize = 4;

/// Sources that stay open between being planned and being rendered, of those that are in hand. All of
/// a recorded run are planned early, so that it is known how many files there will be.
const OPEN: usize = 256;

/// Items whose plans are kept in hand. Those of other sources are read from the store again.
const IN_HAND: usize = 16_384;

/// How an execution ended.
pub(super) enum ExecutionEnd {
    /// Every source was worked through.
    Complete,
    /// It cannot go on, for this reason.
    Halted(String),
    /// The rest is given up; the command is answered.
    Cancelled(oneshot::Sender<()>),
    /// The process ends, or its part in the run; with a reason, the run is paused for it.
    Stopped(Option<String>),
}

/// Sources that were planned (`None`: of another shard), the faults of those that could not be, or
/// why the run cannot go on.
type Planned = Result<Vec<Result<Option<PlannedSource>, Fault>>, String>;

/// What wrote the ends of items; it returns the reason where it had to give up.
type Writing = JoinHandle<Option<String>>;

/// Takes a run's sources through planning and rendering.
pub(super) struct Executor {
    shared: Arc<Shared>,
    events: RunEvents,
    sources: Arc<[Found]>,
    /// Sources that were planned before the execution began.
    planned: HashMap<u32, PlannedSource>,
    unplanned: VecDeque<u32>,
    planning: VecDeque<(Vec<u32>, JoinHandle<Planned>)>,
    in_hand: HashMap<u32, PlannedItems>,
    /// How many items those are.
    items_in_hand: usize,
    rendering: JoinSet<()>,
    /// The next source to render.
    next: u32,
    results: mpsc::Sender<Finished>,
    writing: Option<Writing>,
}

/// What came first.
pub(super) enum Step {
    /// Something was planned or rendered.
    Progress,
    /// A command has come; `None`: there is no handle left that could give one.
    Command(Option<Command>),
    /// The execution is at its end.
    End(ExecutionEnd),
}

impl Executor {
    /// Opens an execution: decides about what an earlier one left half, and claims the names of
    /// what is planned already.
    pub(super) async fn open(
        context: &Arc<RunContext>,
        run: Option<StoredRun>,
        sources: Arc<[Found]>,
        planned: HashMap<u32, PlannedSource>,
        events: RunEvents,
    ) -> Result<Self, String> {
        context.destination.forget_folders();
        let recorder = Recorder::new(run.clone(), &context.destination.folder);
        let shared = Arc::new(Shared::new(Arc::clone(context), recorder));
        let (results, received) = mpsc::channel(LARGEST);
        let writing = tokio::spawn(writer::write(Arc::clone(&shared), events.clone(), received));
        let count = u32::try_from(sources.len()).unwrap_or(u32::MAX);
        let unplanned = match run {
            None => (0..count).collect(),
            Some(run) => {
                let shared = Arc::clone(&shared);
                stored(move || {
                    let unplanned = run.unplanned()?;
                    run.claim_names(&shared.names, &shared.context.destination)?;
                    Ok(unplanned)
                })
                .await?
            }
        };
        Ok(Self {
            shared,
            events,
            sources,
            planned,
            unplanned: unplanned.into(),
            planning: VecDeque::new(),
            in_hand: HashMap::new(),
            items_in_hand: 0,
            rendering: JoinSet::new(),
            next: 0,
            results,
            writing: Some(writing),
        })
    }

    fn count(&self) -> u32 {
        u32::try_from(self.sources.len()).unwrap_or(u32::MAX)
    }

    /// Starts what may start and waits for what comes first.
    pub(super) async fn step(
        &mut self,
        is_paused: bool,
        commands: &mut mpsc::UnboundedReceiver<Command>,
    ) -> Step {
        if !is_paused {
            self.start();
        }
        if self.planning.is_empty() && self.rendering.is_empty() && self.next >= self.count() {
            return Step::End(ExecutionEnd::Complete);
        }
        let (is_planning, is_rendering) = (!self.planning.is_empty(), !self.rendering.is_empty());
        tokio::select! {
            biased;
            command = commands.recv() => return Step::Command(command),
            reason = self.shared.halted() => return Step::End(ExecutionEnd::Halted(reason)),
            written = written(&mut self.writing) => {
                self.writing = None;
                let unknown = || "its record cannot be written".to_owned();
                let reason = survive(written).flatten().unwrap_or_else(unknown);
                return Step::End(ExecutionEnd::Halted(reason));
            }
            Some(rendered) = self.rendering.join_next(), if is_rendering => {
                survive(rendered);
            }
            planned = first(&mut self.planning), if is_planning => {
                let sources = self.planning.pop_front().map(|(sources, _)| sources);
                if let (Some(sources), Some(planned)) = (sources, survive(planned))
                    && let Err(reason) = self.take_plan(sources, planned).await
                {
                    return Step::End(ExecutionEnd::Halted(reason));
                }
            }
        }
        Step::Progress
    }

    fn start(&mut self) {
        let most = self.shared.context.workers + 2;
        while self.may_plan(most) && !self.unplanned.is_empty() {
            let context = Arc::clone(&self.shared.context);
            let together = context.together(self.unplanned.iter().copied());
            let numbers: Vec<u32> = self.unplanned.drain(..together).collect();
            let source = |number: &u32| {
                (self.sources[*number as usize].clone(), self.planned.remove(number))
            };
            let planning = tokio::spawn(plan(context, numbers.iter().map(source).collect()));
            self.planning.push_back((numbers, planning));
        }
        // Sources are planned in their order: all before the first that is not are.
        let in_planning = self.planning.front().and_then(|(sources, _)| sources.first().copied());
        let planned = in_planning.or(self.unplanned.front().copied()).unwrap_or(self.count());
        while self.rendering.len() < most && self.next < planned {
            let together = self.shared.context.together(self.next..planned);
            let numbers: Vec<u32> = (self.next..planned).take(together).collect();
            let task = |number: u32| SourceTask {
                shared: Arc::clone(&self.shared),
                results: self.results.clone(),
                found: self.sources[number as usize].clone(),
                number,
            };
            let sources =
                numbers.iter().map(|&number| (task(number), self.in_hand.remove(&number)));
            let sources: Vec<_> = sources.collect();
            let items = sources.iter().filter_map(|(_, planned)| planned.as_ref());
            self.items_in_hand -= items.map(|planned| planned.items.len()).sum::<usize>();
            self.rendering.spawn(work_through(Arc::clone(&self.shared), sources));
            self.next += u32::try_from(together).unwrap_or(u32::MAX);
        }
    }

    /// What is not recorded stays in hand, so that it must not be planned far ahead.
    fn may_plan(&self, most: usize) -> bool {
        let context = &self.shared.context;
        let at_once = if context.dry_run { most + AHEAD } else { AHEAD };
        let is_bounded = self.shared.recorder.recorded().is_none();
        let in_planning = self.planning.iter().map(|(sources, _)| sources.len());
        let in_hand = self.in_hand.len() + in_planning.sum::<usize>();
        self.planning.len() < at_once && !(is_bounded && in_hand >= OPEN)
    }

    /// Writes down the items of sources, and keeps the sources in hand.
    async fn take_plan(&mut self, numbers: Vec<u32>, planned: Planned) -> Result<(), String> {
        let planned = planned?;
        let (shared, sources) = (Arc::clone(&self.shared), Arc::clone(&self.sources));
        let planned = stored(move || {
            let plans = numbers.iter().zip(&planned).map(|(&number, planned)| match planned {
                Ok(None) => NewPlan { source: number, facts: None, items: Vec::new() },
                Ok(Some(source)) => {
                    let names = shared.names.claim(&shared.context, source);
                    let (facts, items) =
                        (Some(SourceFacts::of(source)), ItemSpec::all_of(source, names));
                    NewPlan { source: number, facts, items }
                }
                Err(fault) => {
                    let path = &sources[number as usize].path;
                    let items = vec![ItemSpec::refused(path, fault.clone())];
                    NewPlan { source: number, facts: None, items }
                }
            });
            let plans: Vec<_> = plans.collect();
            let firsts = shared.recorder.plan(&plans)?;
            let items =
                plans.into_iter().zip(firsts).zip(planned).map(|((plan, first), planned)| {
                    let items = (first..).zip(plan.items).collect();
                    let source = planned.ok().flatten().map(InHand::Open);
                    (plan.source, PlannedItems { source, items })
                });
            Ok(items.collect::<Vec<_>>())
        })
        .await?;
        let is_last = self.planning.is_empty() && self.unplanned.is_empty();
        self.events.update(|progress| {
            progress.planned_sources += planned.len() as u64;
            progress.planned +=
                planned.iter().map(|(_, plan)| plan.items.len() as u64).sum::<u64>();
            progress.total = is_last.then_some(progress.planned);
        });
        let is_recorded = self.shared.recorder.recorded().is_some();
        for (number, mut planned) in planned {
            if is_recorded && self.items_in_hand >= IN_HAND {
                continue;
            }
            if is_recorded && self.in_hand.len() >= OPEN {
                planned.source = planned.source.map(InHand::closed);
            }
            self.items_in_hand += planned.items.len();
            self.in_hand.insert(number, planned);
        }
        Ok(())
    }

    /// Ends the execution: unless it is complete, takes everything back and waits until nothing
    /// moves any more. What is being put in its place gets there and is recorded.
    /// Returns how it ended, and whether the run has lost its record.
    pub(super) async fn close(mut self, end: ExecutionEnd) -> (ExecutionEnd, bool) {
        if !matches!(end, ExecutionEnd::Complete) {
            for (_, planning) in &self.planning {
                planning.abort();
            }
            self.rendering.abort_all();
            let context = &self.shared.context;
            context.engine.cancel(context.batch);
            while self.rendering.join_next().await.is_some() {}
        }
        let (writing, shared) = (self.writing.take(), Arc::clone(&self.shared));
        // The writer ends with its last sender.
        drop(self);
        let written = match writing {
            Some(writing) => survive(writing.await).flatten(),
            None => None,
        };
        // Where the last group could not be written, its items are still to do.
        let end = match (end, written.or_else(|| shared.halt_reason())) {
            (ExecutionEnd::Complete, Some(reason)) => ExecutionEnd::Halted(reason),
            (end, _) => end,
        };
        (end, shared.recorder.is_lost())
    }
}

/// Takes sources in and plans them; those aside that are planned already, or of another shard.
async fn plan(context: Arc<RunContext>, sources: Vec<(Found, Option<PlannedSource>)>) -> Planned {
    let mut in_shard = vec![true; sources.len()];
    if context.shard.is_some() {
        let all: Vec<Found> = sources.iter().map(|(found, _)| found.clone()).collect();
        let context = Arc::clone(&context);
        let found = blocking(move || Ok(context.in_shard(&all))).await;
        in_shard = found.map_err(|_| STOPPED.to_owned())?;
    }
    let of_here = || sources.iter().zip(&in_shard).filter(|(_, is_here)| **is_here);
    let unplanned = of_here().filter(|((_, planned), _)| planned.is_none());
    let unplanned: Vec<Found> = unplanned.map(|((found, _), _)| found.clone()).collect();
    let mut new = plan_sources(&context, unplanned, ContentIdentity::Bytes).await.into_iter();
    let planned = sources.into_iter().zip(in_shard).filter_map(|((_, planned), is_here)| {
        if !is_here {
            return Some(Ok(None));
        }
        planned.map(Ok).or_else(|| new.next()).map(|planned| planned.map(Some))
    });
    let planned: Vec<_> = planned.collect();
    if planned.iter().any(Result::is_err) && context.engine.is_stopped() {
        // It says nothing about the source.
        return Err(STOPPED.to_owned());
    }
    let mut faults = planned.iter().filter_map(|planned| planned.as_ref().err());
    if let Some(reason) = faults.find_map(means::reason) {
        return Err(reason);
    }
    Ok(planned)
}

/// Ready once nothing is written any more, which while an execution goes on has a reason.
async fn written(writing: &mut Option<Writing>) -> Result<Option<String>, JoinError> {
    match writing {
        Some(writing) => writing.await,
        None => std::future::pending().await,
    }
}

async fn first(
    planning: &mut VecDeque<(Vec<u32>, JoinHandle<Planned>)>,
) -> Result<Planned, JoinError> {
    match planning.front_mut() {
        Some((_, first)) => first.await,
        None => std::future::pending().await,
    }
}

/// Passes a panic of a task on; of a task that was taken back nothing is left.
fn survive<T>(ended: Result<T, JoinError>) -> Option<T> {
    match ended {
        Ok(value) => Some(value),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}
