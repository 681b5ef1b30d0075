//! The studio, which starts beside the window: whoever asks first waits for it.

use std::sync::Arc;

use cropmark_api::Studio;
use tokio::sync::watch;

/// The studio, perhaps still starting. A cheap handle.
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

    /// The studio, once it has started.
    pub(crate) async fn studio(&self) -> Option<Studio> {
        let mut receiver = self.sender.subscribe();
        receiver.wait_for(Option::is_some).await.ok().and_then(|studio| studio.clone())
    }

    /// The studio, for its end.
    pub(crate) fn take(&self) -> Option<Studio> {
        self.sender.send_replace(None)
    }
}
