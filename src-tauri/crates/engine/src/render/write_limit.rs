//! How many results are put in their places at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The limit of one run, or of one workspace's eager work. Each has its own: where nobody takes
/// the rows of one, it holds all its permits, and the others must go on.
#[derive(Debug)]
pub(crate) struct WriteLimit(Arc<Semaphore>);

impl WriteLimit {
    /// For so many workers. Few enough that the runtime always has threads left for whoever takes
    /// the rows: those that wait to report one hold theirs.
    pub(crate) fn new(workers: usize) -> Self {
        Self(Arc::new(Semaphore::new((2 * workers).clamp(8, 128))))
    }

    /// Waits until a result may be put in its place.
    pub(crate) async fn acquire(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(&self.0).acquire_owned().await.ok()
    }
}
