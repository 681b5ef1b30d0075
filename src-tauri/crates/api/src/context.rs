//! The context that all parts of an open workspace share.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cropmark_engine::Engine;
use cropmark_rules::without_error_numbers;
use cropmark_store::{Access, Store};
use tokio::{
    sync::{broadcast, watch},
    task::JoinSet,
};

use crate::{
    ApiError,
    model::{Event, NoticeLevel},
};

/// The folder, its store, the engine, and the events for the window. Clones share one state.
///
/// The parts of the workspace hold this instead of the studio or the workspace.
#[derive(Debug, Clone)]
pub(crate) struct WorkspaceContext {
    root: Arc<Path>,
    store: Store,
    engine: Result<Engine, ApiError>,
    events: broadcast::Sender<Event>,
    tasks: Arc<Tasks>,
}

/// The tasks that run until the workspace is closed.
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

impl WorkspaceContext {
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

    pub(crate) fn engine(&self) -> Result<&Engine, ApiError> {
        self.engine.as_ref().map_err(Clone::clone)
    }

    /// Fails where the workspace is read-only.
    pub(crate) fn may_write(&self) -> Result<(), ApiError> {
        match self.store.access() {
            Access::Full => Ok(()),
            Access::ReadOnly(reason) => Err(ApiError::new(
                "read_only",
                format!("Nothing can be kept in this folder: {reason}."),
            )),
        }
    }

    /// Sends an event to all listeners.
    pub(crate) fn emit(&self, event: Event) {
        let _ = self.events.send(event);
    }

    pub(crate) fn event_sender(&self) -> broadcast::Sender<Event> {
        self.events.clone()
    }

    /// Subscribes to all events from now on.
    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Shows the user a notice.
    pub(crate) fn notice(&self, level: NoticeLevel, message: impl Into<String>) {
        let message = without_error_numbers(message.into());
        self.emit(Event::Notice { level, message });
    }

    /// Starts a task that is aborted, at its next await, when the workspace is closed.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.tasks.running();
        while let Some(ended) = running.try_join_next() {
            log_fault(&ended);
        }
        if !self.is_closed() {
            running.spawn(task);
        }
    }

    /// Whether the workspace was closed: long blocking work checks this repeatedly.
    pub(crate) fn is_closed(&self) -> bool {
        *self.tasks.closed.borrow()
    }

    /// Runs work that is dropped when the workspace is closed (`None`), so that a request does not
    /// keep the store of a workspace that is opened again.
    pub(crate) async fn while_open<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut closed = self.tasks.closed.subscribe();
        tokio::select! {
            biased;
            _ = closed.wait_for(|closed| *closed) => None,
            done = work => Some(done),
        }
    }

    /// Aborts all tasks and waits for their ends.
    pub(crate) async fn close(&self) {
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

/// Runs blocking work on a thread for it.
///
/// # Errors
/// Where the program is ending.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => Ok(value),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(ApiError::system("Cropmark is being closed.")),
    }
}
