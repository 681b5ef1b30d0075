//! A unit of work for a worker, and who waits for what of it.

use std::{collections::BTreeMap, fs::File, sync::Arc, time::Instant};

use cropmark_rules::{
    ContentHash, Encoding, Fault, Key, Operation, SourceRules,
    protocol::{Header, Rendered},
    value::{FaceBox, Point},
};

use crate::{
    BatchId, Class, Fidelity,
    core::{
        arrival::Arrival,
        bounds::ResultBounds,
        request::{ResultSender, TicketId},
    },
};

/// A job's number; the worker sees it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct JobId(pub(crate) u64);

/// What a pending output is known by. No two jobs work on the same key at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum JobKey {
    /// A variant.
    Variant(Key),
    /// A variant of [`Fidelity::Preview`].
    Preview(Key),
    /// One of the headers that this ticket asked for, by its index.
    Header(TicketId, usize),
}

/// What a job does.
#[derive(Debug, Clone)]
pub(crate) enum JobKind {
    /// Read the headers of sources.
    Inspect(Arc<[Arc<File>]>),
    /// Render variants.
    Render(Arc<RenderSpec>),
}

impl JobKind {
    /// Whether it makes variants of [`Fidelity::Preview`].
    pub(crate) fn is_preview(&self) -> bool {
        matches!(self, Self::Render(spec) if spec.fidelity == Fidelity::Preview)
    }
}

/// What an order's jobs have in common: the source, how it is read, and all chains.
#[derive(Debug)]
pub(crate) struct RenderSpec {
    pub(crate) source: Arc<File>,
    /// Set where the source is still arriving.
    pub(crate) arrival: Option<Arrival>,
    pub(crate) rules: SourceRules,
    pub(crate) focal: Option<Point>,
    pub(crate) faces: Option<Vec<FaceBox>>,
    /// The source's identity for workers that keep pixels of it.
    pub(crate) proxy: Option<ContentHash>,
    pub(crate) fidelity: Fidelity,
    pub(crate) files: BTreeMap<String, Arc<File>>,
    /// All variants of the plan, ordered or not.
    pub(crate) variants: Vec<SpecVariant>,
}

/// One variant of a spec.
#[derive(Debug, Clone)]
pub(crate) struct SpecVariant {
    pub(crate) operations: Vec<Operation>,
    pub(crate) encoding: Encoding,
    pub(crate) bounds: ResultBounds,
}

/// Variants of an order that share their decoding.
#[derive(Debug)]
pub(crate) struct Share {
    pub(crate) spec: RenderSpec,
    pub(crate) requested: Vec<RequestedVariant>,
    /// Bytes of memory, by estimate.
    pub(crate) bytes: u64,
}

/// A variant that an order asks for.
#[derive(Debug)]
pub(crate) struct RequestedVariant {
    /// The variant's index in the order.
    pub(crate) slot: usize,
    /// The variant's index in the spec.
    pub(crate) index: usize,
    pub(crate) key: Key,
    pub(crate) target: Arc<File>,
}

/// A job.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) kind: JobKind,
    /// The outputs that it has not delivered yet.
    pub(crate) pending: Vec<PendingOutput>,
    pub(crate) class: Class,
    /// The place in the eager queue: smallest first.
    pub(crate) arrived: u64,
    /// The place in the on-demand queue: largest first.
    pub(crate) touched: u64,
    /// Since when it waits in its class.
    pub(crate) since: Instant,
    /// Bytes of memory.
    pub(crate) estimate: u64,
    pub(crate) stage: Stage,
    /// Set where this job was split off a job that had lost its worker.
    pub(crate) retry_group: Option<RetryGroup>,
}

impl Job {
    /// Returns the source's identity, as long as the job is on-demand: only then do workers keep
    /// its pixels.
    pub(crate) fn proxy(&self) -> Option<ContentHash> {
        match &self.kind {
            JobKind::Render(spec) if self.class == Class::OnDemand => spec.proxy,
            _ => None,
        }
    }

    /// Returns the arrival of its source, where that is still arriving.
    pub(crate) fn arrival(&self) -> Option<Arrival> {
        match &self.kind {
            JobKind::Render(spec) => spec.arrival.clone(),
            JobKind::Inspect(_) => None,
        }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// In no queue, while it is moved from one to another.
    Detached,
    /// In the queue of its class.
    Queued,
    /// In no queue: all its waiters belong to paused batches.
    Held,
    /// At a worker.
    Running,
}

/// A result that a job has not delivered yet.
#[derive(Debug, Clone)]
pub(crate) struct PendingOutput {
    pub(crate) key: JobKey,
    /// The variant's index in the spec, or the source's among those that are inspected.
    pub(crate) index: usize,
    /// Where it is written to; headers have none.
    pub(crate) target: Option<Arc<File>>,
    /// How many workers were lost while they worked on it.
    pub(crate) losses: u8,
}

/// The jobs that a job was split into after its worker was lost: one for each variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RetryGroup {
    /// The job that was split.
    pub(crate) origin: JobId,
    /// How many jobs of the group have timed out.
    pub(crate) timeouts: u8,
}

/// A ticket's slot that waits for a key.
#[derive(Debug, Clone)]
pub(crate) struct Waiter {
    pub(crate) ticket: TicketId,
    /// The variant's index in the ticket's order.
    pub(crate) slot: usize,
    pub(crate) class: Class,
    pub(crate) batch: Option<BatchId>,
    /// The waiter's own target.
    pub(crate) target: Option<Arc<File>>,
}

/// How work on a key ended.
#[derive(Debug, Clone)]
pub(crate) enum JobOutput {
    /// With a header.
    Inspected(Header),
    /// With a variant, in this file.
    Rendered(Rendered, Arc<File>),
    /// With a fault.
    Failed(Fault),
}

/// An output on its way to a waiter.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) results: ResultSender,
    pub(crate) slot: usize,
    /// The waiter's own target.
    pub(crate) target: Option<Arc<File>>,
    pub(crate) output: JobOutput,
}
