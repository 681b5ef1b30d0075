//! One way through all sources of a run: what is not planned is planned, what is to do is done.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, PoisonError},
};

use cropmark_rules::Fault;
use cropmark_store::{ItemState, RunState, StoreError};
use tokio::{
    sync::oneshot,
    task::{JoinError, JoinHandle, JoinSet},
};

use super::{
    super::{
        Found,
        prepare::Prepared,
        render::Name,
        run::{AHEAD, survive},
        shared::{Ledger, Shared},
    },
    planning::{self, Origin},
    recorder::recorder,
    source::{self, stored},
    spec::{ItemSpec, Task as Todo, read},
    task::{Command, Task},
};

/// Items that are read at a time.
const PAGE: u32 = 500;

/// How a pass ended.
pub(super) enum PassEnd {
    /// Every source was worked through.
    Complete,
    /// It cannot go on, for this reason.
    Halted(String),
    /// Nobody wants the rest; who said so is answered.
    Cancelled(oneshot::Sender<()>),
    /// The process ends, or its part in the run; with a reason, the run is paused for it.
    Stopped(Option<String>),
}

type Look = Result<Result<Prepared, (Found, Fault)>, String>;

/// The state of a pass.
struct Pass {
    origin: Origin,
    shared: Arc<Shared>,
    unplanned: VecDeque<u32>,
    looking: VecDeque<(u32, JoinHandle<Look>)>,
    rendering: JoinSet<()>,
    /// The next source to render.
    next: u32,
    sources: u32,
}

/// Goes through all sources.
pub(super) async fn pass(task: &mut Task) -> PassEnd {
    task.export.destination.forget_folders();
    let opened = task.origin.clone();
    let unplanned = match stored(move || open(&opened)).await {
        Ok(unplanned) => unplanned,
        Err(reason) => return PassEnd::Halted(reason),
    };
    let (recorder, writing) = recorder(&task.origin.store, task.origin.id, task.outlet.clone());
    let shared = Arc::new(Shared::new(Arc::clone(&task.export), Ledger::Recorded(recorder)));
    let (origin, claimer) = (task.origin.clone(), Arc::clone(&shared));
    if let Err(reason) = stored(move || claim(&origin, &claimer)).await {
        return PassEnd::Halted(reason);
    }
    let mut pass = Pass {
        origin: task.origin.clone(),
        shared,
        unplanned: unplanned.into(),
        looking: VecDeque::new(),
        rendering: JoinSet::new(),
        next: 0,
        sources: u32::try_from(task.outlet.progress.borrow().sources).unwrap_or(u32::MAX),
    };
    let mut writing = Some(tokio::spawn(writing));
    let end = loop {
        if let Some(end) = pass.step(task, &mut writing).await {
            break end;
        }
    };
    if !matches!(end, PassEnd::Complete) {
        pass.give_up().await;
    }
    // What was under way comes to its end, and is written.
    drop(pass);
    let written = match writing {
        Some(writing) => survive(writing.await).flatten(),
        None => None,
    };
    match (end, written) {
        (PassEnd::Complete, Some(reason)) => PassEnd::Halted(reason),
        (end, _) => end,
    }
}

/// Decides about what a former pass left half, and finds what is to be planned.
fn open(origin: &Origin) -> Result<Vec<u32>, StoreError> {
    origin.store.settle_run(origin.id)?;
    origin.store.unplanned_run_sources(origin.id)
}

/// Takes the names of what is planned already.
fn claim(origin: &Origin, shared: &Shared) -> Result<(), StoreError> {
    let folder = &shared.export.destination.folder;
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
    let late = |path: &Path| path.strip_prefix(&folder).ok()?.to_str().map(str::to_owned);
    let mut from = 0;
    loop {
        let page = origin.store.run_items_from(origin.id, &ItemState::ALL, from, PAGE)?;
        for item in &page {
            let name = match read::<ItemSpec>(&item.spec).map(|spec| spec.task) {
                Some(Todo::Render(Name::Claimed(name))) => Some(name),
                Some(Todo::Render(Name::Open)) => item.path.as_deref().and_then(late),
                _ => None,
            };
            // Names were claimed one beside another before; nothing clashes now.
            let _ = name.map(|name| shared.claim_late(&name));
        }
        let Some(last) = page.last().filter(|_| page.len() == PAGE as usize) else {
            return Ok(());
        };
        from = last.position + 1;
    }
}

impl Pass {
    /// Starts what may start and waits for what comes first.
    async fn step(
        &mut self,
        task: &mut Task,
        writing: &mut Option<JoinHandle<Option<String>>>,
    ) -> Option<PassEnd> {
        let most = task.export.workers + 2;
        if !task.is_paused {
            self.start(most);
        }
        if self.looking.is_empty() && self.rendering.is_empty() && self.next >= self.sources {
            return Some(PassEnd::Complete);
        }
        let (is_looking, is_rendering) = (!self.looking.is_empty(), !self.rendering.is_empty());
        tokio::select! {
            biased;
            command = task.commands.recv() => return command_in_pass(task, command).await,
            reason = self.shared.halted() => return Some(PassEnd::Halted(reason)),
            ended = written(writing) => {
                *writing = None;
                let reason = survive(ended).flatten();
                let unknown = || "its record cannot be written".to_owned();
                return Some(PassEnd::Halted(reason.unwrap_or_else(unknown)));
            }
            Some(ended) = self.rendering.join_next(), if is_rendering => {
                survive(ended);
            }
            looked = first(&mut self.looking), if is_looking => {
                let source = self.looking.pop_front().map(|(source, _)| source);
                if let (Some(source), Some(looked)) = (source, survive(looked))
                    && let Err(reason) = self.plan(task, source, looked).await
                {
                    return Some(PassEnd::Halted(reason));
                }
            }
        }
        None
    }

    fn start(&mut self, most: usize) {
        while self.looking.len() < AHEAD
            && let Some(source) = self.unplanned.pop_front()
        {
            let export = Arc::clone(&self.shared.export);
            let look = planning::look(self.origin.clone(), export, source);
            self.looking.push_back((source, tokio::spawn(look)));
        }
        // Sources are planned in their order: all before the first that is not are.
        let looked_at = self.looking.front().map(|(source, _)| *source);
        let planned = looked_at.or(self.unplanned.front().copied()).unwrap_or(self.sources);
        while self.rendering.len() < most && self.next < planned {
            let (origin, shared) = (self.origin.clone(), Arc::clone(&self.shared));
            self.rendering.spawn(source::work(origin, shared, self.next));
            self.next += 1;
        }
    }

    async fn plan(&self, task: &Task, source: u32, looked: Look) -> Result<(), String> {
        let (origin, shared) = (self.origin.clone(), Arc::clone(&self.shared));
        let items = planning::plan(origin, shared, source, looked?).await?;
        let is_last = self.looking.is_empty() && self.unplanned.is_empty();
        task.outlet.update(|progress| {
            progress.planned_sources += 1;
            progress.planned += items;
            progress.total = is_last.then_some(progress.planned);
        });
        Ok(())
    }

    /// Takes everything back and waits until nothing moves any more. Files that are being put
    /// in their places get there and are recorded.
    async fn give_up(&mut self) {
        for (_, look) in &self.looking {
            look.abort();
        }
        self.rendering.abort_all();
        let export = &self.shared.export;
        export.engine.cancel(export.batch);
        while self.rendering.join_next().await.is_some() {}
    }
}

/// Ready once nothing is written any more, which while a pass goes on has a reason.
async fn written(
    writing: &mut Option<JoinHandle<Option<String>>>,
) -> Result<Option<String>, JoinError> {
    match writing {
        Some(writing) => writing.await,
        None => std::future::pending().await,
    }
}

async fn first(looking: &mut VecDeque<(u32, JoinHandle<Look>)>) -> Result<Look, JoinError> {
    match looking.front_mut() {
        Some((_, first)) => first.await,
        None => std::future::pending().await,
    }
}

/// What a command means while a pass is under way.
async fn command_in_pass(task: &mut Task, command: Option<Command>) -> Option<PassEnd> {
    let batch = task.export.batch;
    let stopwatch = Arc::clone(&task.outlet.stopwatch);
    let stopwatch = || stopwatch.lock().unwrap_or_else(PoisonError::into_inner);
    match command {
        Some(Command::Pause(reason)) if !task.is_paused => {
            task.is_paused = true;
            task.export.engine.pause(batch);
            stopwatch().stop();
            task.set_state(RunState::Paused, reason).await;
        }
        Some(Command::Resume(done)) if task.is_paused => {
            task.is_paused = false;
            task.export.engine.resume(batch);
            stopwatch().start();
            task.set_state(RunState::Running, None).await;
            let _ = done.send(());
        }
        Some(Command::Pause(_) | Command::Resume(_)) => {}
        Some(Command::Retry(positions, answer)) => task.retry(positions, answer).await,
        Some(Command::Cancel(done)) => return Some(PassEnd::Cancelled(done)),
        Some(Command::Stop(reason)) => return Some(PassEnd::Stopped(reason)),
        None => return Some(PassEnd::Stopped(None)),
    }
    None
}
