//! The commands that a run takes.

use tokio::sync::oneshot;

use super::error::RunError;

/// A command for a run at work.
#[derive(Debug)]
pub(super) enum Command {
    /// Begin nothing more.
    Pause(Option<String>),
    /// Go on; answers once it does.
    Resume(oneshot::Sender<()>),
    /// Give up the rest; answers once nothing of it is under way.
    Cancel(oneshot::Sender<()>),
    /// Try failed items again, these or all; answers how many.
    Retry(Option<Vec<u32>>, oneshot::Sender<Result<u64, RunError>>),
    /// End this process' part; with a reason, the run is paused for it.
    Stop(Option<String>),
}
