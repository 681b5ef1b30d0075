//! Everything that can happen to the dispatcher, in one type.

use std::{fs::File, sync::Arc};

use tokio::sync::{mpsc, oneshot};

use crate::{
    BatchId, Class,
    core::{
        admission::Admitted,
        pool::{WorkerEvent, WorkerId},
        request::{BatchCommand, ResultSender, TicketId},
    },
};

/// Where events are put.
pub(crate) type EventSender = mpsc::UnboundedSender<Event>;

/// What can happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// An order of variants.
    Render(TicketId, Class, Option<BatchId>, Box<Admitted>, ResultSender),
    /// A request for the headers of sources.
    Inspect(TicketId, Arc<[Arc<File>]>, Class, ResultSender),
    /// Something happened to a worker.
    Worker(WorkerId, WorkerEvent),
    /// A ticket was dropped.
    Leave(TicketId),
    /// A batch is paused, resumed or cancelled.
    Batch(BatchId, BatchCommand),
    /// The last handle was dropped, or a caller waits for the end.
    Stop(Option<oneshot::Sender<()>>),
}
