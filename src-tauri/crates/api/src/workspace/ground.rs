//! What every part of an open workspace stands on.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cropmark_engine::Engine;
use cropmark_store::{Access, Store};
use tokio::{
    sync::{broadcast, watch},
    task::JoinSet,
};

use crate::{
    ApiError,
    model::{Event, NoticeLevel},
};

/// The folder, its store, the engine, and whom to tell. A cheap handle.
///
/// Parts of the workspace hold this and not the studio or the workspace, so that nothing keeps
/// itself alive.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    root: Arc<Path>,
    store: Store,
    engine: Result<Engine, ApiError>,
    events: broadcast::Sender<Event>,
    tasks: Arc<Tasks>,
}

/// What works for a workspace until it is closed.
#[derive(Debug, Default)]
struct Tasks {
    closed: watch::Sender<bool>,
    running: Mutex<JoinSet<()>>,
}

impl Tasks {
    fn running(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ground {
    pub(crate) fn new(
        root: PathBuf,
        store: Store,
        engine: Result<Engine, ApiError>,
        events: broadcast::Sender<Event>,
    ) -> Self {
        Self { root: root.into(), store, engine, events, tasks: Arc::default() }
    }

    /// The folder, canonical.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The engine.
    pub(crate) fn engine(&self) -> Result<&Engine, ApiError> {
        self.engine.as_ref().map_err(Clone::clone)
    }

    /// Fails where nothing can be kept in the workspace.
    pub(crate) fn may_write(&self) -> Result<(), ApiError> {
        match self.store.access() {
            Access::Full => Ok(()),
            Access::ReadOnly(reason) => Err(ApiError::new(
                "read_only",
                format!("Nothing can be kept in this folder: {reason}."),
            )),
        }
    }

    /// Tells an event. Nobody need listen.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// Where events are told, for what must not hold all of this.
    pub(crate) fn teller(&self) -> broadcast::Sender<Event> {
        self.events.clone()
    }

    /// What happens, from now on.
    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Tells the person something.
    pub(crate) fn notice(&self, level: NoticeLevel, message: impl Into<String>) {
        self.tell(Event::Notice { level, message: message.into() });
    }

    /// Runs a task that is stopped, at its next await, when the workspace is closed.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.tasks.running();
        // What has ended need not be kept; a fault in one stays in the log.
        while let Some(ended) = running.try_join_next() {
            log_fault(&ended);
        }
        if !self.is_closed() {
            running.spawn(task);
        }
    }

    /// Whether the workspace was closed: long work on the disk asks now and then.
    pub(crate) fn is_closed(&self) -> bool {
        *self.tasks.closed.borrow()
    }

    /// Works for as long as the workspace is open; `None`: it was closed before the end. What only
    /// looks must not hold a workspace that somebody opens again.
    pub(crate) async fn while_open<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut closed = self.tasks.closed.subscribe();
        tokio::select! {
            biased;
            _ = closed.wait_for(|closed| *closed) => None,
            done = work => Some(done),
        }
    }

    /// Ends all tasks and waits for them.
    pub(super) async fn close(&self) {
        self.tasks.closed.send_replace(true);
        let mut running = std::mem::take(&mut *self.tasks.running());
        running.abort_all();
        while let Some(ended) = running.join_next().await {
            log_fault(&ended);
        }
    }
}

fn log_fault(ended: &Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a task of the workspace failed");
    }
}

/// Runs what waits for the disk where waiting holds up nobody.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => Ok(value),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(ApiError::system("Cropmark is being closed.")),
    }
}
