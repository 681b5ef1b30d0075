//! The handle that the rest of the program holds.

use std::{
    fs::File,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use cropmark_rules::{
    Fault, FaultCode, Limits,
    protocol::{Description, Header},
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    BatchId, Class, RenderOrder, Settings, Snapshot, StartError, Ticket,
    core::{
        admission::admit,
        dispatcher,
        event::{Event, EventSender},
        request::{BatchCommand, ResultSender, TicketId},
    },
    metrics::Metrics,
};

/// The engine: takes orders, decides what runs next, and keeps the worker processes.
///
/// A cheap handle; when the last one is dropped, the workers end and open tickets end with it.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    max_memory: u64,
    /// The most memory of a job whose source is arriving: it keeps that as long as the server likes.
    early_memory: u64,
    limits: Limits,
    events: EventSender,
    description: Description,
    metrics: Metrics,
    snapshot: watch::Receiver<Snapshot>,
    next_ticket: AtomicU64,
    next_batch: AtomicU64,
    stopped: AtomicBool,
}

impl Engine {
    /// Starts the workers and waits until the first one is ready.
    ///
    /// # Errors
    /// Where no worker can be started, or not as required.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let (max_memory, limits) = (settings.max_memory, settings.limits.clone());
        let early_memory = max_memory / (2 * settings.workers.max(1) as u64);
        let started = dispatcher::start(settings).await?;
        let inner = Inner {
            max_memory,
            early_memory,
            limits,
            events: started.events,
            description: started.description,
            metrics: started.metrics,
            snapshot: started.snapshot,
            next_ticket: AtomicU64::new(0),
            next_batch: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Returns what the workers are and can do.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.inner.description
    }

    /// The counts of what this engine and its users have done.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// Says which parts of the workers' sandbox this system lacks; `None` where it lacks none.
    #[must_use]
    pub fn sandbox_warning(&self) -> Option<String> {
        let missing = dispatcher::missing(&self.inner.description);
        (!missing.is_empty()).then(|| {
            format!(
                "the workers' sandbox is incomplete on this system ({} missing): open only \
                 pictures that you trust, or use a newer kernel",
                missing.join(", ")
            )
        })
    }

    /// Reads a source's header. Dropping the future cancels the request.
    ///
    /// # Errors
    /// Where the source is no image that can be read, or no worker could try.
    pub async fn inspect(&self, source: Arc<File>, class: Class) -> Result<Header, Fault> {
        self.inspect_all([source].into(), class).await.swap_remove(0)
    }

    /// Reads the headers of sources, which one worker does after the other: they should be small.
    /// Dropping the future cancels the request.
    pub(crate) async fn inspect_all(
        &self,
        sources: Arc<[Arc<File>]>,
        class: Class,
    ) -> Vec<Result<Header, Fault>> {
        let ticket = self.next_ticket();
        let (answers, mut answered) = mpsc::unbounded_channel();
        let mut headers: Vec<_> = sources.iter().map(|_| Err(stopped())).collect();
        self.send(Event::Inspect(ticket, sources, class, ResultSender::Inspected(answers)));
        let _guard = HeaderRequest { ticket, events: self.inner.events.clone() };
        for _ in 0..headers.len() {
            let Some((index, header)) = answered.recv().await else { break };
            headers[index] = header;
        }
        for fault in headers.iter().filter_map(|header| header.as_ref().err()) {
            self.inner.metrics.failed(fault.code);
        }
        headers
    }

    /// Renders variants; their results come out of the ticket.
    #[must_use]
    pub fn render(&self, order: RenderOrder) -> Ticket {
        let ticket = self.next_ticket();
        let (answers, results) = mpsc::unbounded_channel();
        let open = order.variants.iter().filter(|variant| variant.target.is_some()).count();
        let (class, batch) = (order.class, order.batch);
        let Inner { max_memory, early_memory, limits, .. } = &*self.inner;
        let most = if order.arrival.is_some() { early_memory } else { max_memory };
        let admitted = Box::new(admit(order, *most, limits));
        let answers = ResultSender::Rendered(answers);
        self.send(Event::Render(ticket, class, batch, admitted, answers));
        Ticket { id: ticket, events: self.inner.events.clone(), results, open }
    }

    /// Returns the number of a new batch, which no other batch of this engine has.
    #[must_use]
    pub fn new_batch(&self) -> BatchId {
        BatchId(self.inner.next_batch.fetch_add(1, Ordering::Relaxed))
    }

    /// Starts no more jobs of this batch until it is resumed. Running ones go on, and so do those
    /// that have waiters outside the batch.
    pub fn pause(&self, batch: BatchId) {
        self.send(Event::Batch(batch, BatchCommand::Pause));
    }

    /// Goes on with a paused batch.
    pub fn resume(&self, batch: BatchId) {
        self.send(Event::Batch(batch, BatchCommand::Resume));
    }

    /// Cancels all orders of this batch, as if their tickets had been dropped.
    pub fn cancel(&self, batch: BatchId) {
        self.send(Event::Batch(batch, BatchCommand::Cancel));
    }

    /// Returns what the engine is doing now.
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

    /// Whether it was shut down: orders without a result were not tried then.
    pub(crate) fn is_stopped(&self) -> bool {
        self.inner.stopped.load(Ordering::Acquire)
    }

    fn next_ticket(&self) -> TicketId {
        TicketId(self.inner.next_ticket.fetch_add(1, Ordering::Relaxed))
    }

    fn send(&self, event: Event) {
        // Where the dispatcher has ended, the result channels are closed.
        let _ = self.inner.events.send(event);
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Stop(None));
    }
}

/// Headers that were requested. Dropping it cancels the request.
struct HeaderRequest {
    ticket: TicketId,
    events: EventSender,
}

impl Drop for HeaderRequest {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Leave(self.ticket));
    }
}

fn stopped() -> Fault {
    Fault::new(FaultCode::Busy, "the engine was shut down before the source was read; try again")
}
