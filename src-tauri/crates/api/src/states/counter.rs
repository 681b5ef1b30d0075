//! Counts the states of all assets in the background, on a thread of low priority that steps back
//! while a preview is under way.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak, atomic::Ordering},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    Inner,
    cells::{Summary, summary},
};
use crate::model::{AssetStates, Event};

/// Assets that are counted before requests are checked again.
const CHUNK: usize = 32;

/// The least time between two events about states.
const EVENT_PAUSE: Duration = Duration::from_millis(250);

/// How long a change of rules waits for further changes of the same gesture.
const RULES_PAUSE: Duration = Duration::from_millis(400);

/// How long a kept variant waits for further ones.
const KEPT_PAUSE: Duration = Duration::from_secs(1);

/// The longest that a chunk waits for previews to end.
const STEP_BACK: Duration = Duration::from_millis(100);

/// With more assets than this, an event lists none, which means all.
const LISTED: usize = 2000;

/// The counter's requests, results and thread.
#[derive(Debug, Default)]
pub(super) struct StateCounter {
    pending: Arc<(Mutex<Pending>, Condvar)>,
    results: Mutex<Results>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Pending {
    assets: BTreeSet<u32>,
    /// When all assets are to be counted because rules have changed.
    rules: Option<Instant>,
    /// When all assets are to be counted because variants came or went.
    variants: Option<Instant>,
    /// Whether the index has outcomes to write.
    flush: bool,
    /// Whether the window got incomplete states, and waits for the event of the rest.
    incomplete_sent: bool,
    stop: bool,
}

#[derive(Debug, Default)]
struct Results {
    summaries: BTreeMap<u32, Summary>,
    complete: bool,
}

impl Pending {
    /// Takes the next chunk of the assets to count.
    fn take_chunk(&mut self) -> Vec<u32> {
        std::iter::from_fn(|| self.assets.pop_first()).take(CHUNK).collect()
    }

    /// Whether assets are still to be counted.
    fn is_incomplete(&self) -> bool {
        !self.assets.is_empty() || self.rules.is_some()
    }
}

impl StateCounter {
    /// Starts the thread, which holds the states only while it counts a chunk.
    pub(super) fn begin(&self, states: &Arc<Inner>) {
        self.pending().rules = Some(Instant::now());
        let (pending, states) = (Arc::clone(&self.pending), Arc::downgrade(states));
        let work = move || {
            lower_priority();
            Work { pending, states, sent: None, changed: HashSet::new() }.run();
        };
        match thread::Builder::new().name("states".into()).spawn(work) {
            Ok(thread) => *locked(&self.thread) = Some(thread),
            Err(error) => tracing::error!(%error, "states of assets are not counted"),
        }
    }

    /// Ends the thread. Blocks for as long as a chunk takes.
    pub(super) fn end(&self) {
        self.pending().stop = true;
        self.pending.1.notify_all();
        let thread = locked(&self.thread).take();
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id())
        {
            let _ = thread.join();
        }
    }

    /// Requests that these assets are counted again.
    pub(super) fn recount(&self, assets: impl IntoIterator<Item = u32>) {
        self.pending().assets.extend(assets);
        self.pending.1.notify_all();
    }

    /// Requests that all assets are counted because rules have changed.
    pub(super) fn rules_changed(&self) {
        self.pending().rules = Some(Instant::now() + RULES_PAUSE);
        self.pending.1.notify_all();
    }

    /// Requests that all assets are counted because variants came or went, of unknown assets.
    pub(super) fn variants_changed(&self) {
        self.pending().variants.get_or_insert_with(|| Instant::now() + KEPT_PAUSE);
        self.pending.1.notify_all();
    }

    /// Requests that the index writes its outcomes.
    pub(super) fn flush(&self) {
        self.pending().flush = true;
        self.pending.1.notify_all();
    }

    /// The assets by state, as far as they are counted.
    pub(super) fn states(&self) -> AssetStates {
        let results = locked(&self.results);
        let complete = {
            let mut pending = self.pending();
            let complete = results.complete && !pending.is_incomplete();
            pending.incomplete_sent |= !complete;
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
    states: Weak<Inner>,
    /// When the last event was sent.
    sent: Option<Instant>,
    /// Assets whose states changed since then.
    changed: HashSet<u32>,
}

/// The thread's next step.
enum Next {
    Count(Vec<u32>),
    CountAll,
    Send,
    /// Send that all assets are counted.
    SendComplete,
    Flush,
    Stop,
}

impl Work {
    fn run(mut self) {
        let Some(states) = self.states.upgrade() else { return };
        if let Err(error) = states.index.load(states.context.store()) {
            tracing::warn!(%error, "kept variants are not known; all count as missing");
        }
        drop(states);
        // While an export runs, at most a fifth of the time is spent on counting all assets.
        let mut earliest = Instant::now();
        loop {
            match self.next(earliest) {
                Next::Stop => return,
                Next::Count(assets) => {
                    if self.count(&assets).is_none() {
                        return;
                    }
                }
                Next::CountAll => {
                    let began = Instant::now();
                    if self.count_all().is_none() {
                        return;
                    }
                    earliest = Instant::now() + began.elapsed() * 4;
                }
                Next::Send => self.send(),
                Next::SendComplete => {
                    self.changed.clear();
                    self.send();
                }
                Next::Flush => {
                    let Some(states) = self.states.upgrade() else { return };
                    states.index.flush(states.context.store());
                }
            }
        }
    }

    /// Waits for the next request.
    fn next(&self, earliest: Instant) -> Next {
        let mut pending = locked(&self.pending.0);
        loop {
            if pending.stop {
                return Next::Stop;
            }
            let now = Instant::now();
            let send = (!self.changed.is_empty()).then(|| self.send_at(now));
            if send.is_some_and(|due| due <= now) {
                return Next::Send;
            }
            if !pending.assets.is_empty() {
                return Next::Count(pending.take_chunk());
            }
            if std::mem::take(&mut pending.flush) {
                return Next::Flush;
            }
            if pending.incomplete_sent && !pending.is_incomplete() {
                pending.incomplete_sent = false;
                return Next::SendComplete;
            }
            let variants = pending.variants.map(|due| due.max(earliest));
            let all = pending.rules.into_iter().chain(variants).min();
            if all.is_some_and(|due| due <= now) {
                (pending.rules, pending.variants) = (None, None);
                return Next::CountAll;
            }
            let due = all.into_iter().chain(send).min();
            let wait = due.map_or(Duration::from_hours(1), |due| due - now);
            pending = match self.pending.1.wait_timeout(pending, wait) {
                Ok((pending, _)) => pending,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    fn send_at(&self, now: Instant) -> Instant {
        self.sent.map_or(now, |sent| sent + EVENT_PAUSE)
    }

    fn send(&mut self) {
        let Some(states) = self.states.upgrade() else { return };
        let mut assets: Vec<u32> = self.changed.drain().collect();
        if assets.len() > LISTED {
            assets.clear();
        }
        assets.sort_unstable();
        self.sent = Some(Instant::now());
        states.context.emit(Event::States { assets });
    }

    fn count_all(&mut self) -> Option<()> {
        let ids = self.states.upgrade()?.library.ids();
        for chunk in ids.chunks(CHUNK) {
            self.count(chunk)?;
            // Assets that were just changed go first.
            let (urgent, stop) = {
                let mut pending = locked(&self.pending.0);
                (pending.take_chunk(), pending.stop)
            };
            if stop {
                return None;
            }
            self.count(&urgent)?;
            if !self.changed.is_empty() && self.send_at(Instant::now()) <= Instant::now() {
                self.send();
            }
        }
        let states = self.states.upgrade()?;
        {
            let there: HashSet<u32> = ids.into_iter().collect();
            let mut results = locked(&states.counter.results);
            results.summaries.retain(|asset, _| there.contains(asset));
            results.complete = true;
        }
        states.index.flush(states.context.store());
        Some(())
    }

    /// Counts some assets. `None` when the workspace is being closed.
    fn count(&mut self, assets: &[u32]) -> Option<()> {
        let states = self.states.upgrade()?;
        let rules = states.rules.current(&states.documents);
        for chunk in assets.chunks(CHUNK) {
            step_back(&states);
            if locked(&self.pending.0).stop {
                return None;
            }
            let mut kept = Vec::new();
            let found = chunk.iter().map(|&id| {
                let asset = states.library.asset(id);
                (id, asset.map(|asset| summary(&states, &rules, &asset, &mut kept)))
            });
            let found: Vec<_> = found.collect();
            states.index.record_kept(&kept);
            let mut results = locked(&states.counter.results);
            for (id, found) in found {
                let former = if let Some(summary) = found {
                    results.summaries.insert(id, summary)
                } else {
                    states.plans.forget(id);
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

/// Waits until no preview is under way, for a limited time.
fn step_back(states: &Inner) {
    let began = Instant::now();
    while states.previews.load(Ordering::Relaxed) > 0 && began.elapsed() < STEP_BACK {
        thread::sleep(Duration::from_millis(2));
    }
}

/// Lowers the thread's priority where the system can.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 15);
}
