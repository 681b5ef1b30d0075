//! Runs a watch: waits for marks and deadlines, looks at files, and reports what the tracker says.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use notify::RecommendedWatcher;
use tokio::sync::mpsc;

use super::{
    WatchEvent, WatchProblem, WatchSettings,
    hints::{EventLoss, Hints, Marked},
    scan,
    schedule::Schedule,
    scope::Scope,
    tracker::Tracker,
};

/// Events that come within this time after the first are looked at together.
const DEBOUNCE: Duration = Duration::from_millis(50);

/// Watches until the receiver is dropped.
pub(super) async fn run(scope: Scope, settings: WatchSettings, events: mpsc::Sender<WatchEvent>) {
    let hints = Arc::new(Hints::new(settings.marks));
    let mut watcher = None;
    let mut event_loss = None;
    if settings.events {
        (watcher, event_loss) = listen(&hints, &scope).await;
    }
    let mut lost = false;
    let mut listened = Instant::now();
    let mut reconciler = Reconciler {
        tracker: Tracker::new(settings.settle),
        schedule: Schedule::new(settings.interval, settings.settle, Instant::now()),
        interval: settings.interval,
        scope,
        events,
        unreadable: BTreeSet::new(),
    };
    loop {
        if let Some(reason) = event_loss.take() {
            if reason == EventLoss::Limit {
                // Only a part is watched now; other programs need the rest of the limit.
                watcher = None;
            }
            reconciler.report_event_loss(reason).await;
        }
        let wake = reconciler.tracker.next_due().into_iter().chain([reconciler.schedule.due()]);
        let wake = wake.chain(lost.then_some(listened + settings.settle)).min();
        tokio::select! {
            biased;
            () = reconciler.events.closed() => break,
            () = hints.wait() => tokio::time::sleep(DEBOUNCE).await,
            () = tokio::time::sleep_until(wake.unwrap_or(reconciler.schedule.due()).into()) => {}
        }
        let marked = hints.take();
        event_loss.clone_from(&marked.event_loss);
        lost |= marked.lost && watcher.is_some();
        let mut marked = marked;
        // Where new folders may have been missed, all are registered again before they are looked
        // at. As long as a flood goes on, the reconciles find its changes.
        if lost && listened.elapsed() >= settings.settle {
            let former = watcher.take();
            blocking(move || drop(former)).await;
            (watcher, event_loss) = listen(&hints, &reconciler.scope).await;
            (lost, listened) = (false, Instant::now());
            marked.everything = true;
        }
        reconciler.check(&marked).await;
        reconciler.report().await;
    }
    drop(watcher);
}

async fn listen(
    hints: &Arc<Hints>,
    scope: &Scope,
) -> (Option<RecommendedWatcher>, Option<EventLoss>) {
    let (hints, scope) = (Arc::clone(hints), scope.clone());
    blocking(move || hints.listen(&scope)).await
}

struct Reconciler {
    tracker: Tracker,
    schedule: Schedule,
    interval: Duration,
    scope: Scope,
    events: mpsc::Sender<WatchEvent>,
    /// Folders that were reported as unreadable.
    unreadable: BTreeSet<PathBuf>,
}

impl Reconciler {
    /// Checks what was marked, and everything when a reconcile is due.
    async fn check(&mut self, marked: &Marked) {
        if marked.everything {
            self.schedule.hurry();
        }
        let topmost = marked.topmost();
        if !topmost.is_empty() {
            let scope = self.scope.clone();
            let list = move || topmost.iter().map(|path| scan::list(&scope, path)).collect();
            let listings: Vec<_> = blocking(list).await;
            for listing in listings {
                self.tracker.observe(&listing, Instant::now());
            }
        }
        let began = Instant::now();
        if self.schedule.due() > began {
            return;
        }
        let scope = self.scope.clone();
        let listing = blocking(move || scan::list(&scope, Path::new(""))).await;
        let ended = Instant::now();
        self.tracker.observe(&listing, ended);
        self.schedule.done(began, ended);
        let unreadable: BTreeSet<PathBuf> = listing.unreadable.into_iter().collect();
        for path in unreadable.difference(&self.unreadable) {
            let path = self.scope.root().join(path);
            let _ = self.events.send(WatchEvent::Problem(WatchProblem::Unreadable(path))).await;
        }
        self.unreadable = unreadable;
    }

    /// Checks again what should be quiet by now, and reports what is.
    async fn report(&mut self) {
        let due = self.tracker.due(Instant::now());
        if due.is_empty() {
            return;
        }
        let scope = self.scope.clone();
        let rechecks = blocking(move || scan::rechecks(&scope, due)).await;
        let changes = self.tracker.settle(rechecks, Instant::now());
        if !changes.is_empty() {
            // Where the receiver was dropped, the loop ends.
            let _ = self.events.send(WatchEvent::Changes(changes)).await;
        }
    }

    async fn report_event_loss(&self, reason: EventLoss) {
        let interval = self.interval;
        let problem = match reason {
            EventLoss::Limit => WatchProblem::TooManyFolders(interval),
            EventLoss::Other(reason) => WatchProblem::NoEvents { reason, interval },
        };
        let _ = self.events.send(WatchEvent::Problem(problem)).await;
    }
}

/// Runs what waits for the disk on a thread for such work.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime ends, and this task with it.
        Err(_) => std::future::pending().await,
    }
}
