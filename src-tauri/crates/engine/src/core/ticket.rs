//! The caller's side of an order.

use cropmark_rules::{Fault, protocol::Rendered};
use tokio::sync::mpsc;

use crate::core::{
    event::{Event, EventSender},
    request::TicketId,
};

/// Delivers an order's results; dropping it cancels the order.
///
/// Work that no other ticket waits for is then taken out of the queue, or stopped if it runs.
#[derive(Debug)]
pub struct Ticket {
    pub(crate) id: TicketId,
    pub(crate) events: EventSender,
    pub(crate) results: mpsc::UnboundedReceiver<(usize, Result<Rendered, Fault>)>,
    /// Wanted variants that have not been answered.
    pub(crate) open: usize,
}

impl Ticket {
    /// Waits for the next variant: its index in the order, and its result. When it is rendered, the
    /// order's own target holds it. Variants come in no particular order.
    ///
    /// `None` once all wanted variants were answered, or the batch was cancelled or the engine
    /// shut down (then [`Ticket::open`] is not 0). Safe to drop half-way, as in `select!`.
    pub async fn next(&mut self) -> Option<(usize, Result<Rendered, Fault>)> {
        let result = self.results.recv().await;
        if result.is_some() {
            self.open = self.open.saturating_sub(1);
        }
        result
    }

    /// Wanted variants that have not been answered yet.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.open > 0 {
            // Where the engine has ended, there is nothing to cancel.
            let _ = self.events.send(Event::Leave(self.id));
        }
    }
}
