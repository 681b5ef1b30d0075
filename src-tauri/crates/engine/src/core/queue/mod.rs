//! The queues: which jobs there are, who waits for what, and in which order each class is
//! served. Bookkeeping only: no process, no file access, no clock; what runs next is decided
//! in [`policy`].
//!
//! - A key that is requested twice is worked on once, for two waiters.
//! - A job is on-demand while an on-demand ticket waits for any of its outputs.
//! - An on-demand order takes over the outputs that it finds pending in eager jobs; those jobs'
//!   other outputs stay where they are, so that a preview waits for nothing else.
//! - A variant of [`Fidelity::Preview`] never answers a request for an exact one. An exact one does
//!   answer a request for a preview: one that runs is waited for, and one that is pending is made
//!   at once, exactly.
//! - A job without waiters leaves its queue; if it runs, the caller gets its number, to stop it.

mod job;
pub(crate) mod policy;
mod settle;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fs::File,
    sync::Arc,
    time::Instant,
};

pub(crate) use job::{
    Delivery, Job, JobId, JobKey, JobKind, JobOutput, PendingOutput, RenderSpec, RequestedVariant,
    RetryGroup, Share, SpecVariant, Stage, Waiter,
};
pub(crate) use settle::Loss;

use cropmark_rules::Key;

use crate::{
    BatchId, Class, Fidelity,
    core::request::{BatchCommand, ResultSender, TicketId},
};

/// All jobs and all waiters.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    jobs: HashMap<JobId, Job>,
    active: HashMap<JobKey, ActiveKey>,
    tickets: HashMap<TicketId, OpenTicket>,
    batches: HashMap<BatchId, HashSet<TicketId>>,
    paused: HashSet<BatchId>,
    /// Served from the back: newest first.
    on_demand: BTreeSet<(u64, JobId)>,
    /// Served from the front: oldest first.
    eager: BTreeSet<(u64, JobId)>,
    /// When on-demand tickets have waited long enough.
    expiries: BTreeSet<(Instant, TicketId)>,
    held: usize,
    last: u64,
}

/// A key that a job is to deliver, and its waiters.
#[derive(Debug)]
struct ActiveKey {
    job: JobId,
    waiters: Vec<Waiter>,
}

#[derive(Debug)]
struct OpenTicket {
    results: ResultSender,
    batch: Option<BatchId>,
    /// The keys that the ticket's slots wait for.
    open: HashMap<usize, JobKey>,
    expires: Option<Instant>,
}

/// A ticket's request, without what it asks for.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) ticket: TicketId,
    pub(crate) class: Class,
    pub(crate) batch: Option<BatchId>,
    pub(crate) results: ResultSender,
    /// Until when its turn must have come; on-demand only.
    pub(crate) expires: Option<Instant>,
}

/// An output that a request asks for.
struct RequestedOutput {
    /// The output's index in the ticket's order.
    slot: usize,
    /// The variant's index in the spec.
    index: usize,
    key: JobKey,
    target: Option<Arc<File>>,
}

impl Queue {
    /// Adds a request for the headers of sources, which one job reads.
    pub(crate) fn inspect(
        &mut self,
        request: Request,
        sources: Arc<[Arc<File>]>,
        bytes: u64,
        now: Instant,
    ) {
        let outputs = (0..sources.len()).map(|index| {
            let key = JobKey::Header(request.ticket, index);
            RequestedOutput { slot: index, index, key, target: None }
        });
        let (outputs, most) = (outputs.collect(), sources.len());
        self.add(request, &JobKind::Inspect(sources), outputs, most, bytes, now);
    }

    /// Adds a request for variants that share their decoding; at most `most` of them go into one
    /// job. A ticket may ask for several such shares.
    pub(crate) fn render(&mut self, request: Request, share: Share, most: usize, now: Instant) {
        let Share { spec, requested, bytes } = share;
        let key = |key: Key| {
            let exact = JobKey::Variant(key);
            if spec.fidelity == Fidelity::Preview && !self.active.contains_key(&exact) {
                JobKey::Preview(key)
            } else {
                exact
            }
        };
        let requested = requested
            .into_iter()
            .map(|RequestedVariant { slot, index, key: variant, target }| RequestedOutput {
                slot,
                index,
                key: key(variant),
                target: Some(target),
            })
            .collect();
        self.add(request, &JobKind::Render(Arc::new(spec)), requested, most, bytes, now);
    }

    fn add(
        &mut self,
        request: Request,
        kind: &JobKind,
        requested: Vec<RequestedOutput>,
        most: usize,
        estimate: u64,
        now: Instant,
    ) {
        let Request { ticket, class, batch, results, expires } = request;
        let mut changed = BTreeSet::new();
        let mut open = HashMap::new();
        let mut new: Vec<Job> = Vec::new();
        // Jobs for pending exact outputs that now answer a preview too.
        let mut promoted: Vec<Job> = Vec::new();
        let arrived = self.number();
        for RequestedOutput { slot, index, key, target } in requested {
            open.insert(slot, key);
            let waiter = Waiter { ticket, slot, class, batch, target: target.clone() };
            let mut pending = PendingOutput { key, index, target, losses: 0 };
            let mut place = arrived;
            if let Some(active) = self.active.get_mut(&key) {
                active.waiters.push(waiter);
                let holder = active.job;
                // Not there: the same order has asked for the same key before.
                let Some(job) = self.jobs.get_mut(&holder) else { continue };
                let taken_over = class == Class::OnDemand
                    && job.class == Class::Eager
                    && job.stage != Stage::Running;
                if !taken_over {
                    changed.insert(holder);
                    continue;
                }
                // In the new job, whose number is not known yet.
                active.job = JobId(0);
                place = job.arrived;
                let position = job.pending.iter().position(|pending| pending.key == key);
                if let Some(position) = position {
                    let former = job.pending.swap_remove(position);
                    if kind.is_preview() {
                        promoted.push(Job {
                            kind: job.kind.clone(),
                            pending: vec![former],
                            class,
                            arrived: place,
                            touched: arrived,
                            since: now,
                            estimate: job.estimate,
                            stage: Stage::Detached,
                            retry_group: job.retry_group,
                        });
                        changed.insert(holder);
                        continue;
                    }
                    pending.losses = former.losses;
                }
                changed.insert(holder);
            } else {
                self.active.insert(key, ActiveKey { job: JobId(0), waiters: vec![waiter] });
            }
            if new.last().is_none_or(|job| job.pending.len() >= most) {
                new.push(Job {
                    kind: kind.clone(),
                    pending: Vec::new(),
                    class,
                    arrived: place,
                    touched: arrived,
                    since: now,
                    estimate,
                    stage: Stage::Detached,
                    retry_group: None,
                });
            }
            let Some(job) = new.last_mut() else { continue };
            job.arrived = job.arrived.min(place);
            job.pending.push(pending);
        }
        if open.is_empty() {
            return;
        }
        if let Some(expires) = expires {
            self.expiries.insert((expires, ticket));
        }
        if let Some(batch) = batch {
            self.batches.entry(batch).or_default().insert(ticket);
        }
        let entry = self.tickets.entry(ticket);
        let none = HashMap::new();
        let entry = entry.or_insert(OpenTicket { results, batch, open: none, expires });
        entry.open.extend(open);
        for id in changed {
            let asked_again = |job: &Job| class == Class::OnDemand && job.class == class;
            if self.jobs.get(&id).is_some_and(asked_again) {
                self.touch(id, arrived);
            }
            self.requeue(id, now);
        }
        for job in promoted.into_iter().chain(new) {
            self.insert(job, now);
        }
    }

    /// Removes a ticket's waiters. Returns running jobs that have no waiters left; the queue has
    /// forgotten them, and the caller is to stop them.
    pub(crate) fn leave(&mut self, ticket: TicketId, now: Instant) -> Vec<JobId> {
        let Some(entry) = self.forget(ticket) else { return Vec::new() };
        let mut changed = BTreeSet::new();
        for key in entry.open.values() {
            if let Some(active) = self.active.get_mut(key) {
                active.waiters.retain(|waiter| waiter.ticket != ticket);
                changed.insert(active.job);
            }
        }
        changed.into_iter().filter(|&id| self.requeue(id, now)).collect()
    }

    /// Pauses, resumes or cancels a batch. Returns jobs to be stopped, as [`Queue::leave`] does.
    pub(crate) fn command(
        &mut self,
        batch: BatchId,
        command: BatchCommand,
        now: Instant,
    ) -> Vec<JobId> {
        match command {
            BatchCommand::Pause => self.paused.insert(batch),
            BatchCommand::Resume | BatchCommand::Cancel => self.paused.remove(&batch),
        };
        let tickets = self.batches.get(&batch).cloned().unwrap_or_default();
        if command == BatchCommand::Cancel {
            return tickets.into_iter().flat_map(|ticket| self.leave(ticket, now)).collect();
        }
        let changed: BTreeSet<JobId> = tickets
            .iter()
            .filter_map(|ticket| self.tickets.get(ticket))
            .flat_map(|entry| entry.open.values())
            .filter_map(|key| self.active.get(key))
            .map(|active| active.job)
            .collect();
        for id in changed {
            self.requeue(id, now);
        }
        Vec::new()
    }

    /// Returns the next job of a class.
    pub(crate) fn head(&self, class: Class) -> Option<(JobId, &Job)> {
        let (_, id) = match class {
            Class::OnDemand => self.on_demand.last(),
            Class::Eager => self.eager.first(),
        }?;
        self.jobs.get(id).map(|job| (*id, job))
    }

    /// Takes a job out of its queue, to run.
    pub(crate) fn take(&mut self, id: JobId) -> Option<&Job> {
        self.withdraw(id);
        let job = self.jobs.get_mut(&id)?;
        job.stage = Stage::Running;
        Some(job)
    }

    /// Returns a job.
    pub(crate) fn job(&self, id: JobId) -> Option<&Job> {
        self.jobs.get(&id)
    }

    /// Queued jobs of a class.
    pub(crate) fn queued(&self, class: Class) -> usize {
        match class {
            Class::OnDemand => self.on_demand.len(),
            Class::Eager => self.eager.len(),
        }
    }

    /// Jobs of paused batches.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// When the next on-demand ticket has waited long enough.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.expiries.first().map(|(expiry, _)| *expiry)
    }

    fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Adds a job and puts it into its queue.
    fn insert(&mut self, job: Job, now: Instant) {
        let id = JobId(self.number());
        for pending in &job.pending {
            if let Some(active) = self.active.get_mut(&pending.key) {
                active.job = id;
            }
        }
        self.jobs.insert(id, job);
        self.requeue(id, now);
    }

    /// Moves a pending job to the front of the on-demand queue.
    fn touch(&mut self, id: JobId, touched: u64) {
        self.withdraw(id);
        if let Some(job) = self.jobs.get_mut(&id) {
            job.touched = touched;
        }
    }

    /// Takes a job out of its queue, as long as it does not run.
    fn withdraw(&mut self, id: JobId) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        match (job.stage, job.class) {
            (Stage::Running | Stage::Detached, _) => return,
            (Stage::Held, _) => self.held -= 1,
            (Stage::Queued, Class::OnDemand) => drop(self.on_demand.remove(&(job.touched, id))),
            (Stage::Queued, Class::Eager) => drop(self.eager.remove(&(job.arrived, id))),
        }
        job.stage = Stage::Detached;
    }

    /// Puts a job into the queue that its waiters' classes and batches ask for. Returns true where
    /// it runs and has no waiters left; the queue has forgotten it then.
    fn requeue(&mut self, id: JobId, now: Instant) -> bool {
        self.withdraw(id);
        let Some(job) = self.jobs.get_mut(&id) else { return false };
        if job.stage == Stage::Running {
            let idle = |pending: &PendingOutput| {
                self.active.get(&pending.key).is_none_or(|active| active.waiters.is_empty())
            };
            // A job that has delivered everything ends by itself in a moment.
            let abandoned = !job.pending.is_empty() && job.pending.iter().all(idle);
            if abandoned {
                self.remove(id);
            }
            return abandoned;
        }

        job.pending.retain(|pending| {
            let waited =
                self.active.get(&pending.key).is_some_and(|active| !active.waiters.is_empty());
            if !waited {
                self.active.remove(&pending.key);
            }
            waited
        });
        let waiters = || {
            let keys = job.pending.iter().filter_map(|pending| self.active.get(&pending.key));
            keys.flat_map(|active| &active.waiters)
        };
        let class = waiters().map(|waiter| waiter.class).min();
        let held =
            waiters().all(|waiter| waiter.batch.is_some_and(|batch| self.paused.contains(&batch)));
        let Some(class) = class else {
            self.remove(id);
            return false;
        };
        if class != job.class {
            job.since = now;
        }
        job.class = class;
        if held {
            job.stage = Stage::Held;
            self.held += 1;
            return false;
        }
        job.stage = Stage::Queued;
        match class {
            Class::OnDemand => self.on_demand.insert((job.touched, id)),
            Class::Eager => self.eager.insert((job.arrived, id)),
        };
        false
    }

    /// Forgets a job and its pending outputs.
    fn remove(&mut self, id: JobId) {
        self.withdraw(id);
        let Some(job) = self.jobs.remove(&id) else { return };
        for pending in &job.pending {
            self.active.remove(&pending.key);
        }
    }

    /// Forgets a ticket.
    fn forget(&mut self, ticket: TicketId) -> Option<OpenTicket> {
        let entry = self.tickets.remove(&ticket)?;
        if let Some(expires) = entry.expires {
            self.expiries.remove(&(expires, ticket));
        }
        if let Some(batch) = entry.batch
            && let Some(tickets) = self.batches.get_mut(&batch)
        {
            tickets.remove(&ticket);
            if tickets.is_empty() {
                self.batches.remove(&batch);
            }
        }
        Some(entry)
    }
}
