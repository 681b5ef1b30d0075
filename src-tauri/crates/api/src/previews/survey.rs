//! Looks after the states of all assets in the background: on a thread of low priority that
//! stands back while somebody waits for a preview.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    Shared,
    states::{Summary, summary},
};
use crate::{
    model::{AssetStates, Event},
    workspace::Workspace,
};

/// Assets that are looked at before the next look at what else happens.
const CHUNK: usize = 32;

/// The least time between two events about states.
const EVENT_PAUSE: Duration = Duration::from_millis(250);

/// How long changed rules wait for more changes of the same gesture.
const RULES_PAUSE: Duration = Duration::from_millis(400);

/// How long variants that somebody else keeps wait for more.
const KEPT_PAUSE: Duration = Duration::from_secs(1);

/// The longest that a chunk waits for previews to end.
const STAND_BACK: Duration = Duration::from_millis(100);

/// With more assets than this, an event says "all".
const NAMED: usize = 2000;

/// The survey.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pending: Arc<(Mutex<Pending>, Condvar)>,
    results: Mutex<Results>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Pending {
    assets: BTreeSet<u32>,
    /// When everything is to be looked at because the rules are others.
    rules: Option<Instant>,
    /// When everything is to be looked at because of variants that came or went.
    variants: Option<Instant>,
    /// Whether there is something to write down.
    flush: bool,
    /// Whether somebody was told that not all is known, and waits for the rest.
    asked: bool,
    stop: bool,
}

#[derive(Debug, Default)]
struct Results {
    summaries: BTreeMap<u32, Summary>,
    complete: bool,
}

impl Pending {
    /// A few of the assets that are to be looked at.
    fn few(&mut self) -> Vec<u32> {
        std::iter::from_fn(|| self.assets.pop_first()).take(CHUNK).collect()
    }

    /// Whether what is known is not all.
    fn waits(&self) -> bool {
        !self.assets.is_empty() || self.rules.is_some()
    }
}

impl Survey {
    /// Begins. Holds the workspace only while it looks at a few assets.
    pub(super) fn begin(&self, shared: &Arc<Shared>, workspace: Weak<Workspace>) {
        self.pending().rules = Some(Instant::now());
        let (pending, shared) = (Arc::clone(&self.pending), Arc::downgrade(shared));
        let work = move || {
            lower_priority();
            Work { pending, shared, workspace, told: None, changed: HashSet::new() }.run();
        };
        match thread::Builder::new().name("states".into()).spawn(work) {
            Ok(thread) => *locked(&self.thread) = Some(thread),
            Err(error) => tracing::error!(%error, "states of assets are not counted"),
        }
    }

    /// Ends the thread. Blocks for as long as a few assets take.
    pub(super) fn end(&self) {
        self.pending().stop = true;
        self.pending.1.notify_all();
        let thread = locked(&self.thread).take();
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id())
        {
            let _ = thread.join();
        }
    }

    /// These assets' states are to be looked at.
    pub(super) fn assets(&self, assets: impl IntoIterator<Item = u32>) {
        self.pending().assets.extend(assets);
        self.pending.1.notify_all();
    }

    /// The rules are others now.
    pub(super) fn rules_changed(&self) {
        // Each change waits for the next of its gesture.
        self.pending().rules = Some(Instant::now() + RULES_PAUSE);
        self.pending.1.notify_all();
    }

    /// Variants were kept or went, nobody says of which assets.
    pub(super) fn variants_changed(&self) {
        self.pending().variants.get_or_insert_with(|| Instant::now() + KEPT_PAUSE);
        self.pending.1.notify_all();
    }

    /// There are outcomes to write.
    pub(super) fn flush(&self) {
        self.pending().flush = true;
        self.pending.1.notify_all();
    }

    /// What is known.
    pub(super) fn states(&self) -> AssetStates {
        let results = locked(&self.results);
        let complete = {
            let mut pending = self.pending();
            let complete = results.complete && !pending.waits();
            pending.asked |= !complete;
            complete
        };
        let of = |has: fn(&Summary) -> bool| {
            let found = results.summaries.iter().filter(|(_, summary)| has(summary));
            found.map(|(asset, _)| *asset).collect()
        };
        AssetStates {
            missing: of(|summary| summary.flags.missing),
            stale: of(|summary| summary.flags.stale),
            failed: of(|summary| summary.flags.failed),
            complete,
        }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        locked(&self.pending.0)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread's own state.
struct Work {
    pending: Arc<(Mutex<Pending>, Condvar)>,
    shared: Weak<Shared>,
    workspace: Weak<Workspace>,
    /// When an event was told last.
    told: Option<Instant>,
    /// Assets whose states changed since then.
    changed: HashSet<u32>,
}

/// What to do next.
enum Next {
    Assets(Vec<u32>),
    All,
    Tell,
    /// Tell that all is known.
    Complete,
    Flush,
    Stop,
}

impl Work {
    fn run(mut self) {
        let Some(shared) = self.shared.upgrade() else { return };
        if let Err(error) = shared.board.load(shared.ground.store()) {
            tracing::warn!(%error, "what is kept is not known; all variants count as missing");
        }
        drop(shared);
        // While an export runs, at most a fifth of the time is spent on looking at everything.
        let mut earliest = Instant::now();
        loop {
            match self.next(earliest) {
                Next::Stop => return,
                Next::Assets(assets) => {
                    if self.look_at(&assets).is_none() {
                        return;
                    }
                }
                Next::All => {
                    let began = Instant::now();
                    if self.look_at_all().is_none() {
                        return;
                    }
                    earliest = Instant::now() + began.elapsed() * 4;
                }
                Next::Tell => self.tell(),
                Next::Complete => {
                    self.changed.clear();
                    self.tell();
                }
                Next::Flush => {
                    let Some(shared) = self.shared.upgrade() else { return };
                    shared.board.flush(shared.ground.store());
                }
            }
        }
    }

    /// Waits for something to do.
    fn next(&self, earliest: Instant) -> Next {
        let mut pending = locked(&self.pending.0);
        loop {
            if pending.stop {
                return Next::Stop;
            }
            let now = Instant::now();
            let tell = (!self.changed.is_empty()).then(|| self.tell_at(now));
            if tell.is_some_and(|due| due <= now) {
                return Next::Tell;
            }
            if !pending.assets.is_empty() {
                return Next::Assets(pending.few());
            }
            if std::mem::take(&mut pending.flush) {
                return Next::Flush;
            }
            if pending.asked && !pending.waits() {
                pending.asked = false;
                return Next::Complete;
            }
            let variants = pending.variants.map(|due| due.max(earliest));
            let all = pending.rules.into_iter().chain(variants).min();
            if all.is_some_and(|due| due <= now) {
                (pending.rules, pending.variants) = (None, None);
                return Next::All;
            }
            let due = all.into_iter().chain(tell).min();
            let wait = due.map_or(Duration::from_secs(3600), |due| due - now);
            pending = match self.pending.1.wait_timeout(pending, wait) {
                Ok((pending, _)) => pending,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    fn tell_at(&self, now: Instant) -> Instant {
        self.told.map_or(now, |told| told + EVENT_PAUSE)
    }

    fn tell(&mut self) {
        let Some(shared) = self.shared.upgrade() else { return };
        let mut assets: Vec<u32> = self.changed.drain().collect();
        if assets.len() > NAMED {
            assets.clear();
        }
        assets.sort_unstable();
        self.told = Some(Instant::now());
        shared.ground.tell(Event::States { assets });
    }

    fn look_at_all(&mut self) -> Option<()> {
        let ids = self.workspace.upgrade()?.library.ids();
        for chunk in ids.chunks(CHUNK) {
            self.look_at(chunk)?;
            // What somebody has just changed goes first.
            let (urgent, stop) = {
                let mut pending = locked(&self.pending.0);
                (pending.few(), pending.stop)
            };
            if stop {
                return None;
            }
            self.look_at(&urgent)?;
            if !self.changed.is_empty() && self.tell_at(Instant::now()) <= Instant::now() {
                self.tell();
            }
        }
        let shared = self.shared.upgrade()?;
        {
            let there: HashSet<u32> = ids.into_iter().collect();
            let mut results = locked(&shared.survey.results);
            results.summaries.retain(|asset, _| there.contains(asset));
            results.complete = true;
        }
        shared.board.flush(shared.ground.store());
        Some(())
    }

    /// Looks at some assets. `None` when the workspace is being closed.
    fn look_at(&mut self, assets: &[u32]) -> Option<()> {
        let (shared, workspace) = (self.shared.upgrade()?, self.workspace.upgrade()?);
        let rules = shared.ruling.now(&workspace.documents);
        for chunk in assets.chunks(CHUNK) {
            stand_back(&shared);
            if locked(&self.pending.0).stop {
                return None;
            }
            let mut notes = Vec::new();
            let found = chunk.iter().map(|&id| {
                let asset = workspace.library.asset(id);
                let library = &workspace.library;
                (id, asset.map(|asset| summary(&shared, library, &rules, &asset, &mut notes)))
            });
            let found: Vec<_> = found.collect();
            shared.board.keep(&notes);
            let mut results = locked(&shared.survey.results);
            for (id, found) in found {
                let former = if let Some(summary) = found {
                    results.summaries.insert(id, summary)
                } else {
                    shared.plans.forget(id);
                    results.summaries.remove(&id)
                };
                if former != found {
                    self.changed.insert(id);
                }
            }
        }
        Some(())
    }
}

/// Waits until no preview is under way, but not for long.
fn stand_back(shared: &Shared) {
    let began = Instant::now();
    while shared.slots.are_busy() && began.elapsed() < STAND_BACK {
        thread::sleep(Duration::from_millis(2));
    }
}

/// The system gives others the processor first. Where that cannot be said, it is a thread like
/// any other.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 15);
}
