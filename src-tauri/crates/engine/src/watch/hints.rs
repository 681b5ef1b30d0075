//! The system's events, which mark what is to be checked.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use notify::{
    Config, ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};
use tokio::sync::Notify;

use super::scope::Scope;

/// How often the registration of folders is tried where some vanish meanwhile.
const ATTEMPTS: usize = 3;

/// Why events do not come, or not all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EventLoss {
    /// The system watches no more folders.
    Limit,
    /// Something else.
    Other(String),
}

/// What was marked since it was last taken.
#[derive(Debug, Default)]
pub(super) struct Marked {
    /// Relative paths of files and folders.
    pub(super) paths: BTreeSet<PathBuf>,
    /// Whether there were too many, or events were lost.
    pub(super) everything: bool,
    /// Whether events were lost. Those of new folders may be among them, which are then not
    /// watched.
    pub(super) lost: bool,
    /// Why later events may not come.
    pub(super) event_loss: Option<EventLoss>,
}

impl Marked {
    fn mark(&mut self, path: PathBuf, most: usize) {
        if self.everything || self.paths.contains(&path) {
            return;
        }
        if path.as_os_str().is_empty() || self.paths.len() >= most {
            self.mark_everything();
        } else {
            self.paths.insert(path);
        }
    }

    fn mark_everything(&mut self) {
        self.everything = true;
        self.paths.clear();
    }

    /// The marked paths without those below another marked one.
    pub(super) fn topmost(&self) -> Vec<PathBuf> {
        let mut topmost: Vec<PathBuf> = Vec::new();
        for path in &self.paths {
            if !topmost.last().is_some_and(|top| path.starts_with(top)) {
                topmost.push(path.clone());
            }
        }
        topmost
    }
}

/// Marks of bounded number, from the thread of events to the task.
#[derive(Debug)]
pub(super) struct Hints {
    most: usize,
    marked: Mutex<Marked>,
    wake: Notify,
}

impl Hints {
    pub(super) fn new(most: usize) -> Self {
        Self { most, marked: Mutex::default(), wake: Notify::new() }
    }

    /// Waits until there are marks.
    pub(super) async fn wait(&self) {
        self.wake.notified().await;
    }

    pub(super) fn take(&self) -> Marked {
        std::mem::take(&mut *self.locked())
    }

    /// Marks what the system reports, until the returned watcher is dropped. Blocks while folders
    /// are registered.
    pub(super) fn listen(
        self: &Arc<Self>,
        scope: &Scope,
    ) -> (Option<RecommendedWatcher>, Option<EventLoss>) {
        let (hints, root) = (Arc::clone(self), scope.root().to_owned());
        let heard_in = scope.clone();
        let hear = move |event: notify::Result<Event>| hints.hear(&heard_in, event);
        let config = Config::default().with_follow_symlinks(false);
        let mut watcher = match RecommendedWatcher::new(hear, config) {
            Ok(watcher) => watcher,
            Err(error) => return (None, Some(event_loss(&error))),
        };
        for attempt in 1..=ATTEMPTS {
            match watcher.watch(&root, RecursiveMode::Recursive) {
                Ok(()) => break,
                // A folder went while it was looked into.
                Err(error)
                    if matches!(error.kind, ErrorKind::PathNotFound) && attempt < ATTEMPTS => {}
                Err(error) => match event_loss(&error) {
                    // What was registered so far would be missing elsewhere.
                    EventLoss::Limit => return (None, Some(EventLoss::Limit)),
                    other @ EventLoss::Other(_) => return (Some(watcher), Some(other)),
                },
            }
        }
        (Some(watcher), None)
    }

    fn hear(&self, scope: &Scope, event: notify::Result<Event>) {
        let is_reading = |kind: &EventKind| matches!(kind, EventKind::Access(access) if *access != AccessKind::Close(AccessMode::Write));
        let mut marked = self.locked();
        match event {
            Ok(event) if event.need_rescan() => {
                tracing::debug!("events were lost; everything is checked");
                marked.lost = true;
                marked.mark_everything();
            }
            Ok(event) if is_reading(&event.kind) => return,
            Ok(event) => {
                let paths: Vec<PathBuf> =
                    event.paths.iter().filter_map(|path| scope.relative(path)).collect();
                if paths.is_empty() {
                    return;
                }
                for path in paths {
                    marked.mark(path, self.most);
                }
            }
            Err(error) => {
                tracing::debug!(%error, "an event failed; everything is checked");
                if event_loss(&error) == EventLoss::Limit {
                    marked.event_loss = Some(EventLoss::Limit);
                }
                marked.mark_everything();
            }
        }
        drop(marked);
        self.wake.notify_one();
    }

    fn locked(&self) -> MutexGuard<'_, Marked> {
        self.marked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn event_loss(error: &notify::Error) -> EventLoss {
    match error.kind {
        ErrorKind::MaxFilesWatch => EventLoss::Limit,
        _ => EventLoss::Other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, Flag};

    use super::*;

    #[test]
    fn events_mark_and_too_many_or_lost_ones_mark_everything() {
        let folder = tempfile::tempdir().unwrap();
        let scope = Scope::new(folder.path(), &[]).unwrap();
        let hints = Hints::new(3);
        let created = |name: &str| {
            Ok(Event::new(EventKind::Create(CreateKind::Any)).add_path(scope.root().join(name)))
        };
        for name in ["b/c", "b", "b-c", "b", ".cropmark/x", "b"] {
            hints.hear(&scope, created(name));
        }
        let read = Event::new(EventKind::Access(AccessKind::Read)).add_path(scope.root().join("z"));
        hints.hear(&scope, Ok(read));
        let marked = hints.take();
        assert!(!marked.everything);
        assert_eq!(marked.topmost(), [PathBuf::from("b"), PathBuf::from("b-c")]);
        assert!(hints.take().paths.is_empty());

        for name in ["a", "b", "c", "d"] {
            hints.hear(&scope, created(name));
        }
        assert!(hints.take().everything, "there were too many");
        hints.hear(&scope, Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        let marked = hints.take();
        assert!(marked.everything && marked.lost, "the system lost some");
        hints.hear(&scope, Err(notify::Error::new(ErrorKind::MaxFilesWatch)));
        let marked = hints.take();
        assert!(marked.everything && marked.event_loss == Some(EventLoss::Limit));
    }
}
