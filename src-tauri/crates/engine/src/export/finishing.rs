//! How many results are put in their places at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The limit of one run, or of one workspace's eager work. Each has its own: where nobody takes
/// the rows of one, it holds all its places, and the others must go on.
#[derive(Debug)]
pub(super) struct Finishing(Arc<Semaphore>);

impl Finishing {
    /// For so many workers. Few enough that the runtime always has threads left for whoever takes
    /// the rows: those that wait to tell one hold theirs.
    pub(super) fn new(workers: usize) -> Self {
        Self(Arc::new(Semaphore::new((2 * workers).clamp(8, 128))))
    }

    /// Waits until a result may be put in its place.
    pub(super) async fn may_finish(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(&self.0).acquire_owned().await.ok()
    }
}
