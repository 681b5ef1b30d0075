//! Everything that can happen to the dispatcher, in one type.

use std::{fs::File, sync::Arc};

use cropmark_rules::{
    Fault,
    protocol::{Header, Rendered},
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    BatchId, Class, RenderOrder,
    pool::{Report, WorkerId},
};

/// Where events are put.
pub(crate) type EventSender = mpsc::UnboundedSender<Event>;

/// A ticket's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TicketId(pub(crate) u64);

/// Where a ticket's results go.
#[derive(Debug, Clone)]
pub(crate) enum Answers {
    /// Variants, by their place in the order.
    Rendered(mpsc::UnboundedSender<(usize, Result<Rendered, Fault>)>),
    /// A header.
    Inspected(mpsc::UnboundedSender<Result<Header, Fault>>),
}

/// What can happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// Somebody wants variants; the job takes this many bytes, by estimate.
    Render(TicketId, Box<RenderOrder>, u64, Answers),
    /// Somebody wants a header.
    Inspect(TicketId, Arc<File>, Class, Answers),
    /// A worker has something to say.
    Worker(WorkerId, Report),
    /// A waiter has gone.
    Leave(TicketId),
    /// A batch is paused, resumed or cancelled.
    Batch(BatchId, BatchCommand),
    /// The last handle has gone, or somebody waits for the end.
    Stop(Option<oneshot::Sender<()>>),
}

/// What can be done to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchCommand {
    /// Start none of its pending jobs.
    Pause,
    /// Go on.
    Resume,
    /// Nobody wants it any more.
    Cancel,
}
