//! The thin shell around the tracker: waits, looks, tells.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use notify::RecommendedWatcher;
use tokio::sync::mpsc;

use super::{
    Report, Trouble, WatchSettings,
    hints::{Deafness, Hints, Marked},
    scan,
    schedule::Schedule,
    scope::Scope,
    tracker::Tracker,
};

/// Events that come within this time after the first are looked at together.
const DEBOUNCE: Duration = Duration::from_millis(50);

/// Watches until nobody listens any more.
pub(super) async fn run(scope: Scope, settings: WatchSettings, reports: mpsc::Sender<Report>) {
    let hints = Arc::new(Hints::new(settings.marks));
    let mut watcher = None;
    let mut deaf = None;
    if settings.events {
        (watcher, deaf) = listen(&hints, &scope).await;
    }
    let mut lost = false;
    let mut listened = Instant::now();
    let mut task = Task {
        tracker: Tracker::new(settings.settle),
        schedule: Schedule::new(settings.interval, settings.settle, Instant::now()),
        interval: settings.interval,
        scope,
        reports,
        unreadable: BTreeSet::new(),
    };
    loop {
        if let Some(reason) = deaf.take() {
            if reason == Deafness::Limit {
                // Only a part is watched now; others need the rest of the limit.
                watcher = None;
            }
            task.say_deaf(reason).await;
        }
        let wake = task.tracker.next_due().into_iter().chain([task.schedule.due()]);
        let wake = wake.chain(lost.then_some(listened + settings.settle)).min();
        tokio::select! {
            biased;
            () = task.reports.closed() => break,
            () = hints.wait() => tokio::time::sleep(DEBOUNCE).await,
            () = tokio::time::sleep_until(wake.unwrap_or(task.schedule.due()).into()) => {}
        }
        let marked = hints.take();
        deaf.clone_from(&marked.deafness);
        lost |= marked.lost && watcher.is_some();
        let mut marked = marked;
        // Where new folders may have been missed, all are registered anew, before they are
        // looked at. A flood that goes on is left to the reconciles meanwhile.
        if lost && listened.elapsed() >= settings.settle {
            let former = watcher.take();
            blocking(move || drop(former)).await;
            (watcher, deaf) = listen(&hints, &task.scope).await;
            (lost, listened) = (false, Instant::now());
            marked.everything = true;
        }
        task.look(&marked).await;
        task.tell().await;
    }
    drop(watcher);
}

async fn listen(
    hints: &Arc<Hints>,
    scope: &Scope,
) -> (Option<RecommendedWatcher>, Option<Deafness>) {
    let (hints, scope) = (Arc::clone(hints), scope.clone());
    blocking(move || hints.listen(&scope)).await
}

struct Task {
    tracker: Tracker,
    schedule: Schedule,
    interval: Duration,
    scope: Scope,
    reports: mpsc::Sender<Report>,
    /// Folders of which it was said that they cannot be read.
    unreadable: BTreeSet<PathBuf>,
}

impl Task {
    /// Looks at what was marked, and at everything when it is time.
    async fn look(&mut self, marked: &Marked) {
        if marked.everything {
            self.schedule.hurry();
        }
        let topmost = marked.topmost();
        if !topmost.is_empty() {
            let scope = self.scope.clone();
            let look = move || topmost.iter().map(|path| scan::view(&scope, path)).collect();
            let views: Vec<_> = blocking(look).await;
            for view in views {
                self.tracker.observe(&view, Instant::now());
            }
        }
        let began = Instant::now();
        if self.schedule.due() > began {
            return;
        }
        let scope = self.scope.clone();
        let view = blocking(move || scan::view(&scope, Path::new(""))).await;
        let ended = Instant::now();
        self.tracker.observe(&view, ended);
        self.schedule.done(began, ended);
        let unreadable: BTreeSet<PathBuf> = view.unreadable.into_iter().collect();
        for path in unreadable.difference(&self.unreadable) {
            let path = self.scope.root().join(path);
            let _ = self.reports.send(Report::Trouble(Trouble::Unreadable(path))).await;
        }
        self.unreadable = unreadable;
    }

    /// Looks again at what should be quiet by now, and tells what is.
    async fn tell(&mut self) {
        let due = self.tracker.due(Instant::now());
        if due.is_empty() {
            return;
        }
        let scope = self.scope.clone();
        let looks = blocking(move || scan::looks(&scope, due)).await;
        let changes = self.tracker.settle(looks, Instant::now());
        if !changes.is_empty() {
            // Where nobody listens any more the loop ends.
            let _ = self.reports.send(Report::Changes(changes)).await;
        }
    }

    async fn say_deaf(&self, reason: Deafness) {
        let interval = self.interval;
        let trouble = match reason {
            Deafness::Limit => Trouble::TooManyFolders(interval),
            Deafness::Other(reason) => Trouble::NoEvents { reason, interval },
        };
        let _ = self.reports.send(Report::Trouble(trouble)).await;
    }
}

/// Runs what waits for the disk where waiting holds up nobody.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime ends, and this task with it.
        Err(_) => std::future::pending().await,
    }
}
