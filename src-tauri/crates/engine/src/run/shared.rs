//! What the tasks of a run share: its context, its names, its record, and whether it must halt.

use std::sync::Arc;

use cropmark_store::atomic::WriteError;
use tokio::sync::watch;

use super::{context::RunContext, names::ClaimedNames, recorder::Recorder};

/// Why a run cannot go on once the engine was stopped.
pub(super) const STOPPED: &str = "the engine was stopped; start Cropmark again";

/// What the tasks of a run share.
pub(super) struct Shared {
    pub(super) context: Arc<RunContext>,
    pub(super) names: ClaimedNames,
    pub(super) recorder: Recorder,
    halt: watch::Sender<Option<String>>,
}

impl Shared {
    pub(super) fn new(context: Arc<RunContext>, recorder: Recorder) -> Self {
        let (names, halt) = (ClaimedNames::default(), watch::Sender::new(None));
        Self { context, names, recorder, halt }
    }

    /// Stops the run: what comes next would fare no better. The first reason counts.
    pub(super) fn halt(&self, reason: &str) {
        self.halt.send_if_modified(|halted| {
            let is_first = halted.is_none();
            if is_first {
                *halted = Some(reason.to_owned());
            }
            is_first
        });
    }

    /// Stops the run where every other file would fail like this one.
    pub(super) fn halt_on(&self, error: &WriteError) {
        let is_for_all = match error {
            // A folder that has gone was unplugged or moved, and comes back.
            WriteError::Missing { .. } => true,
            // A folder within it may be a file: that is a matter of its own rows.
            WriteError::NotAFolder { .. } => self.context.destination.is_a_file(),
            other => other.pauses_a_run(),
        };
        if is_for_all {
            self.halt(&error.to_string());
        }
    }

    pub(super) fn is_halted(&self) -> bool {
        self.halt.borrow().is_some()
    }

    /// Why the run is to halt, if it is.
    pub(super) fn halt_reason(&self) -> Option<String> {
        self.halt.borrow().clone()
    }

    /// Ready with the reason once the run is to halt.
    pub(super) async fn halted(&self) -> String {
        let mut halted = self.halt.subscribe();
        let reason = halted.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
        match reason {
            Some(reason) => reason,
            None => std::future::pending().await,
        }
    }
}
