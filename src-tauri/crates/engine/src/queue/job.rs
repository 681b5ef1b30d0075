//! A unit of work for a worker, and who waits for what of it.

use std::{collections::BTreeMap, fs::File, sync::Arc, time::Instant};

use cropmark_rules::{
    ContentHash, Encoding, Fault, Key, Operation, SourceRules,
    protocol::{Header, Rendered},
    value::Point,
};

use crate::{
    BatchId, Class,
    event::{Answers, TicketId},
};

/// A job's number; the worker sees it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct JobId(pub(crate) u64);

/// By what a wanted result is known. The same subject is never worked on twice at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// A variant.
    Variant(Key),
    /// A variant that is made to be looked at, of which the bytes may be others.
    Look(Key),
    /// The header that this ticket asked for.
    Header(TicketId),
}

/// What a job is made from.
#[derive(Debug, Clone)]
pub(crate) enum Task {
    /// Read the header of a source.
    Inspect(Arc<File>),
    /// Render variants.
    Render(Arc<Sheet>),
}

impl Task {
    /// Whether what it gives is made to be looked at.
    pub(crate) fn is_look(&self) -> bool {
        matches!(self, Self::Render(sheet) if sheet.is_look)
    }
}

/// An order without its waiters: shared by the jobs that it becomes.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) source: Arc<File>,
    pub(crate) rules: SourceRules,
    pub(crate) focal: Option<Point>,
    /// By what the source is known to workers that keep pixels of it.
    pub(crate) proxy: Option<ContentHash>,
    /// Whether it is made to be looked at; see [`crate::RenderOrder::is_look`].
    pub(crate) is_look: bool,
    pub(crate) files: BTreeMap<String, Arc<File>>,
    /// All variants of the plan, wanted or not.
    pub(crate) variants: Vec<(Vec<Operation>, Encoding)>,
}

/// A job.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) task: Task,
    /// What it is to give, not answered yet.
    pub(crate) wanted: Vec<Wanted>,
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
    /// The failed job that this one came out of.
    pub(crate) trial: Option<Trial>,
}

impl Job {
    /// By what a worker knows the source again, as long as a person waits for the job.
    pub(crate) fn proxy(&self) -> Option<ContentHash> {
        match &self.task {
            Task::Render(sheet) if self.class == Class::OnDemand => sheet.proxy,
            _ => None,
        }
    }
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// In no queue: it is being moved.
    Apart,
    /// In the queue of its class.
    Queued,
    /// All who wait for it belong to paused batches.
    Held,
    /// With a worker.
    Running,
}

/// One result that a job is to give.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) subject: Subject,
    /// The place in the sheet.
    pub(crate) index: usize,
    /// Where it is written to; headers have none.
    pub(crate) target: Option<Arc<File>>,
    /// Workers that were lost over it.
    pub(crate) losses: u8,
}

/// A job that lost its worker over several variants is taken apart: each gets a job of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trial {
    /// The job that was taken apart.
    pub(crate) of: JobId,
    /// How many of its parts have timed out, each alone.
    pub(crate) timeouts: u8,
}

/// Somebody who waits for a subject.
#[derive(Debug, Clone)]
pub(crate) struct Waiter {
    pub(crate) ticket: TicketId,
    /// The place in the ticket's order.
    pub(crate) slot: usize,
    pub(crate) class: Class,
    pub(crate) batch: Option<BatchId>,
    /// The waiter's own target.
    pub(crate) target: Option<Arc<File>>,
}

/// What became of a subject.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// The header.
    Inspected(Header),
    /// The variant, and the file that holds it.
    Rendered(Rendered, Arc<File>),
    /// Nothing.
    Failed(Fault),
}

/// An outcome on its way to a waiter.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) answers: Answers,
    pub(crate) slot: usize,
    /// The waiter's own target.
    pub(crate) target: Option<Arc<File>>,
    pub(crate) outcome: Outcome,
}
