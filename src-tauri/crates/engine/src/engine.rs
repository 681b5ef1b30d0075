//! The handle that the rest of the program holds.

use std::{
    fs::File,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use cropmark_rules::{
    Fault, FaultCode,
    protocol::{Description, Header},
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    BatchId, Class, RenderOrder, Settings, Snapshot, Ticket,
    admission::estimate,
    event::{Answers, BatchCommand, Event, EventSender, TicketId},
};

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no worker program.
    #[error(
        "the worker program was not found (looked for {}); install Cropmark again, or set \
         CROPMARK_WORKER to its path",
        list(.places)
    )]
    WorkerMissing {
        /// Where it was looked for.
        places: Vec<PathBuf>,
    },
    /// The worker program could not be run, or ended at once.
    #[error(
        "the worker {} does not start: {}. Check with `cropmark doctor`; if a library is \
         missing, install Cropmark again",
        path.display(),
        reason.trim_end_matches('.')
    )]
    Worker {
        /// The program.
        path: PathBuf,
        /// What it said.
        reason: String,
    },
    /// The worker is of another version.
    #[error(
        "the worker {} belongs to another version of Cropmark ({found} instead of {expected}); \
         install Cropmark again",
        path.display()
    )]
    Version {
        /// The program.
        path: PathBuf,
        /// The version that it speaks.
        found: String,
        /// The version that is needed.
        expected: String,
    },
    /// A sandbox is required, and not all of it is active.
    #[error(
        "the sandbox is required, but this system lacks {}; use a newer kernel, or start \
         without --require-sandbox",
        .missing.join(", ")
    )]
    Sandbox {
        /// The parts that are not active.
        missing: Vec<String>,
    },
}

fn list(places: &[PathBuf]) -> String {
    let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
    places.join(", ")
}

/// The engine: takes orders, decides what runs next, and keeps the worker processes.
///
/// A cheap handle; when the last one is dropped, the workers end and open tickets end with it.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    events: EventSender,
    description: Description,
    snapshot: watch::Receiver<Snapshot>,
    next_ticket: AtomicU64,
    stopped: AtomicBool,
}

impl Engine {
    /// Starts the workers and waits until the first one is ready.
    ///
    /// # Errors
    /// Where no worker can be started, or not as required.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let started = crate::dispatcher::start(settings).await?;
        let inner = Inner {
            events: started.events,
            description: started.description,
            snapshot: started.snapshot,
            next_ticket: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What the workers are and can do.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.inner.description
    }

    /// Reads a source's header. Dropping the future takes the request back.
    ///
    /// # Errors
    /// What the worker found wrong, or why none could look.
    pub async fn inspect(&self, source: Arc<File>, class: Class) -> Result<Header, Fault> {
        let ticket = self.next_ticket();
        let (answers, mut answered) = mpsc::unbounded_channel();
        let _taken_back = TakenBack { ticket, events: &self.inner.events };
        self.send(Event::Inspect(ticket, source, class, Answers::Inspected(answers)));
        answered.recv().await.unwrap_or_else(|| Err(stopped()))
    }

    /// Asks for variants.
    #[must_use]
    pub fn render(&self, order: RenderOrder) -> Ticket {
        let ticket = self.next_ticket();
        let (answers, results) = mpsc::unbounded_channel();
        let open = order.variants.iter().filter(|variant| variant.target.is_some()).count();
        let length = |file: &File| file.metadata().map_or(0, |facts| facts.len());
        let overlays = order.files.values().map(|file| length(file)).sum();
        let bytes = estimate(&order, length(&order.source), overlays);
        self.send(Event::Render(ticket, Box::new(order), bytes, Answers::Rendered(answers)));
        Ticket { id: ticket, events: self.inner.events.clone(), results, open }
    }

    /// Starts no more jobs of this batch until it is resumed. Running ones go on, and so does
    /// what somebody else waits for too.
    pub fn pause(&self, batch: BatchId) {
        self.send(Event::Batch(batch, BatchCommand::Pause));
    }

    /// Goes on with a paused batch.
    pub fn resume(&self, batch: BatchId) {
        self.send(Event::Batch(batch, BatchCommand::Resume));
    }

    /// Takes all orders of this batch back, as if their tickets had been dropped.
    pub fn cancel(&self, batch: BatchId) {
        self.send(Event::Batch(batch, BatchCommand::Cancel));
    }

    /// What the engine is doing now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.inner.snapshot.borrow().clone()
    }

    /// The snapshot and its changes, for displays.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Snapshot> {
        self.inner.snapshot.clone()
    }

    /// Ends all workers and all open tickets, and waits until they have gone.
    pub async fn shut_down(self) {
        let (done, ended) = oneshot::channel();
        self.inner.stopped.store(true, Ordering::Release);
        self.send(Event::Stop(Some(done)));
        let _ = ended.await;
    }

    /// Whether it was shut down: what was not answered since was not tried.
    pub(crate) fn is_stopped(&self) -> bool {
        self.inner.stopped.load(Ordering::Acquire)
    }

    fn next_ticket(&self) -> TicketId {
        TicketId(self.inner.next_ticket.fetch_add(1, Ordering::Relaxed))
    }

    fn send(&self, event: Event) {
        // Where the dispatcher has gone, the answer channels close, and that is the answer.
        let _ = self.inner.events.send(event);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Stop(None));
    }
}

/// Tells the dispatcher that nobody waits for a header any more.
struct TakenBack<'a> {
    ticket: TicketId,
    events: &'a EventSender,
}

impl Drop for TakenBack<'_> {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Leave(self.ticket));
    }
}

fn stopped() -> Fault {
    Fault::new(FaultCode::Busy, "the engine was shut down before the source was read; try again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_is_a_sentence_ends_once() {
        let (path, reason) = ("w".into(), "it ended with status 1.".to_owned());
        let said = StartError::Worker { path, reason }.to_string();
        assert!(said.contains("it ended with status 1. Check with"), "{said}");
    }
}
