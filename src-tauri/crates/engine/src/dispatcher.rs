//! The one task that owns all mutable state.

use cropmark_rules::protocol::Description;
use tokio::sync::watch;

use crate::{Settings, Snapshot, StartError, event::EventSender};

/// A running dispatcher, seen from outside.
pub(crate) struct Started {
    pub(crate) events: EventSender,
    pub(crate) description: Description,
    pub(crate) snapshot: watch::Receiver<Snapshot>,
}

pub(crate) async fn start(settings: Settings) -> Result<Started, StartError> {
    let _ = settings.worker_binary;
    std::future::pending().await
}
