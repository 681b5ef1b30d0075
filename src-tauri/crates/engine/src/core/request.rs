//! What callers and the dispatcher say of a request: its ticket, where its results go, and what
//! can be done to a batch of them.

use cropmark_rules::{
    Fault,
    protocol::{Header, Rendered},
};
use tokio::sync::mpsc;

/// A ticket's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TicketId(pub(crate) u64);

/// The channel of a ticket's results.
#[derive(Debug, Clone)]
pub(crate) enum ResultSender {
    /// Variants, by their index in the order.
    Rendered(mpsc::UnboundedSender<(usize, Result<Rendered, Fault>)>),
    /// Headers, by their index in the request.
    Inspected(mpsc::UnboundedSender<(usize, Result<Header, Fault>)>),
}

/// What can be done to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchCommand {
    /// Start none of its pending jobs.
    Pause,
    /// Go on.
    Resume,
    /// Drop its tickets.
    Cancel,
}
