//! The studio, which starts while the window opens: the first command waits for it.

use std::sync::Arc;

use cropmark_api::Studio;
use tokio::sync::watch;

/// A handle to the studio, which may still be starting. Clones are cheap.
#[derive(Clone)]
pub(crate) struct Starting {
    sender: Arc<watch::Sender<Option<Studio>>>,
}

impl Starting {
    pub(crate) fn new() -> Self {
        Self { sender: Arc::new(watch::channel(None).0) }
    }

    pub(crate) fn set(&self, studio: Studio) {
        self.sender.send_replace(Some(studio));
    }

    /// Waits for the studio to start, and returns it.
    pub(crate) async fn studio(&self) -> Option<Studio> {
        let mut receiver = self.sender.subscribe();
        receiver.wait_for(Option::is_some).await.ok().and_then(|studio| studio.clone())
    }

    /// Takes the studio, if it has started, to close it.
    pub(crate) fn take(&self) -> Option<Studio> {
        self.sender.send_replace(None)
    }
}
