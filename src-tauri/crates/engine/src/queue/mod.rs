//! The queues: which jobs there are, who waits for what, and in which order each class is
//! served. Bookkeeping only: no process, no file access, no clock; what runs next is decided
//! in [`policy`].
//!
//! - A subject (a key) that is asked for twice is one piece of work with two waiters.
//! - A job is on-demand while anybody on-demand waits for any part of it.
//! - An on-demand order takes over what it finds pending in eager jobs; the rest of those jobs
//!   stays where it is, so that the person waits for nothing else.
//! - What is made to be looked at answers nobody who asks for a variant as exports make it. The
//!   other way round it does: who looks takes what an export is making, and what it has pending is
//!   made at once, the export's way.
//! - A job that nobody waits for any more leaves its queue; if it runs, the caller is told to
//!   stop it.

#[cfg(test)]
mod histories;
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
    Delivery, Job, JobId, Outcome, Sheet, Stage, Subject, Task, Trial, Waiter, Wanted,
};
pub(crate) use settle::Loss;

use cropmark_rules::Key;

use crate::{
    BatchId, Class,
    event::{Answers, BatchCommand, TicketId},
};

/// All jobs and all waiters.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    jobs: HashMap<JobId, Job>,
    live: HashMap<Subject, Live>,
    tickets: HashMap<TicketId, TicketEntry>,
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

/// A subject that is being worked on, or waits to be.
#[derive(Debug)]
struct Live {
    job: JobId,
    waiters: Vec<Waiter>,
}

#[derive(Debug)]
struct TicketEntry {
    answers: Answers,
    batch: Option<BatchId>,
    /// Slots without an answer, and what they wait for.
    open: HashMap<usize, Subject>,
    expires: Option<Instant>,
}

/// Who asks, for the queue.
#[derive(Debug)]
pub(crate) struct Asker {
    pub(crate) ticket: TicketId,
    pub(crate) class: Class,
    pub(crate) batch: Option<BatchId>,
    pub(crate) answers: Answers,
    /// Until when its turn must have come; on-demand only.
    pub(crate) expires: Option<Instant>,
}

/// A variant that an asker wants.
#[derive(Debug)]
pub(crate) struct Wish {
    /// The place in the order, and in the sheet.
    pub(crate) slot: usize,
    pub(crate) key: Key,
    pub(crate) target: Arc<File>,
}

impl Queue {
    /// Asks for a header.
    pub(crate) fn inspect(&mut self, asker: Asker, source: Arc<File>, bytes: u64, now: Instant) {
        let subject = Subject::Header(asker.ticket);
        let wish = (0, subject, None);
        self.add(asker, &Task::Inspect(source), vec![wish], 1, bytes, now);
    }

    /// Asks for variants; at most `most` of them go into one job.
    pub(crate) fn render(
        &mut self,
        asker: Asker,
        sheet: Sheet,
        wishes: Vec<Wish>,
        most: usize,
        bytes: u64,
        now: Instant,
    ) {
        let subject = |key: Key| {
            let exact = Subject::Variant(key);
            if sheet.is_look && !self.live.contains_key(&exact) {
                Subject::Look(key)
            } else {
                exact
            }
        };
        let wishes = wishes
            .into_iter()
            .map(|wish| (wish.slot, subject(wish.key), Some(wish.target)))
            .collect();
        self.add(asker, &Task::Render(Arc::new(sheet)), wishes, most, bytes, now);
    }

    fn add(
        &mut self,
        asker: Asker,
        task: &Task,
        wishes: Vec<(usize, Subject, Option<Arc<File>>)>,
        most: usize,
        estimate: u64,
        now: Instant,
    ) {
        let Asker { ticket, class, batch, answers, expires } = asker;
        let mut changed = BTreeSet::new();
        let mut open = HashMap::new();
        let mut new: Vec<Job> = Vec::new();
        // What was pending for others and is made their way.
        let mut theirs: Vec<Job> = Vec::new();
        let arrived = self.number();
        for (slot, subject, target) in wishes {
            open.insert(slot, subject);
            let waiter = Waiter { ticket, slot, class, batch, target: target.clone() };
            let mut wanted = Wanted { subject, index: slot, target, losses: 0 };
            let mut place = arrived;
            if let Some(live) = self.live.get_mut(&subject) {
                live.waiters.push(waiter);
                let holder = live.job;
                // Not there: this very order has asked for the same subject before.
                let Some(job) = self.jobs.get_mut(&holder) else { continue };
                let taken_over = class == Class::OnDemand
                    && job.class == Class::Eager
                    && job.stage != Stage::Running;
                if !taken_over {
                    changed.insert(holder);
                    continue;
                }
                // In the new job, whose number is not known yet.
                live.job = JobId(0);
                place = job.arrived;
                let position = job.wanted.iter().position(|wanted| wanted.subject == subject);
                if let Some(position) = position {
                    let former = job.wanted.swap_remove(position);
                    if task.is_look() {
                        theirs.push(Job {
                            task: job.task.clone(),
                            wanted: vec![former],
                            class,
                            arrived: place,
                            touched: arrived,
                            since: now,
                            estimate: job.estimate,
                            stage: Stage::Apart,
                            trial: job.trial,
                        });
                        changed.insert(holder);
                        continue;
                    }
                    wanted.losses = former.losses;
                }
                changed.insert(holder);
            } else {
                self.live.insert(subject, Live { job: JobId(0), waiters: vec![waiter] });
            }
            if new.last().is_none_or(|job| job.wanted.len() >= most) {
                new.push(Job {
                    task: task.clone(),
                    wanted: Vec::new(),
                    class,
                    arrived: place,
                    touched: arrived,
                    since: now,
                    estimate,
                    stage: Stage::Apart,
                    trial: None,
                });
            }
            let Some(job) = new.last_mut() else { continue };
            job.arrived = job.arrived.min(place);
            job.wanted.push(wanted);
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
        self.tickets.insert(ticket, TicketEntry { answers, batch, open, expires });
        for id in changed {
            let asked_again = |job: &Job| class == Class::OnDemand && job.class == class;
            if self.jobs.get(&id).is_some_and(asked_again) {
                self.touch(id, arrived);
            }
            self.place(id, now);
        }
        for job in theirs.into_iter().chain(new) {
            self.insert(job, now);
        }
    }

    /// Takes a ticket's waiters away. Returns running jobs that nobody waits for any more; they
    /// are forgotten here and are to be stopped.
    pub(crate) fn leave(&mut self, ticket: TicketId, now: Instant) -> Vec<JobId> {
        let Some(entry) = self.forget(ticket) else { return Vec::new() };
        let mut changed = BTreeSet::new();
        for subject in entry.open.values() {
            if let Some(live) = self.live.get_mut(subject) {
                live.waiters.retain(|waiter| waiter.ticket != ticket);
                changed.insert(live.job);
            }
        }
        changed.into_iter().filter(|&id| self.place(id, now)).collect()
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
            .filter_map(|subject| self.live.get(subject))
            .map(|live| live.job)
            .collect();
        for id in changed {
            self.place(id, now);
        }
        Vec::new()
    }

    /// The job that is next in its class.
    pub(crate) fn head(&self, class: Class) -> Option<(JobId, &Job)> {
        let (_, id) = match class {
            Class::OnDemand => self.on_demand.last(),
            Class::Eager => self.eager.first(),
        }?;
        self.jobs.get(id).map(|job| (*id, job))
    }

    /// Takes a queued job out, to run.
    pub(crate) fn take(&mut self, id: JobId) -> Option<&Job> {
        self.withdraw(id);
        let job = self.jobs.get_mut(&id)?;
        job.stage = Stage::Running;
        Some(job)
    }

    /// A job that there is.
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
        for wanted in &job.wanted {
            if let Some(live) = self.live.get_mut(&wanted.subject) {
                live.job = id;
            }
        }
        self.jobs.insert(id, job);
        self.place(id, now);
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
            (Stage::Running | Stage::Apart, _) => return,
            (Stage::Held, _) => self.held -= 1,
            (Stage::Queued, Class::OnDemand) => drop(self.on_demand.remove(&(job.touched, id))),
            (Stage::Queued, Class::Eager) => drop(self.eager.remove(&(job.arrived, id))),
        }
        job.stage = Stage::Apart;
    }

    /// Puts a job where its waiters say it belongs. Returns true where nobody waits for it any
    /// more although it runs; it is forgotten then.
    fn place(&mut self, id: JobId, now: Instant) -> bool {
        self.withdraw(id);
        let Some(job) = self.jobs.get_mut(&id) else { return false };
        if job.stage == Stage::Running {
            let idle = |wanted: &Wanted| {
                self.live.get(&wanted.subject).is_none_or(|live| live.waiters.is_empty())
            };
            // A job that has answered everything ends by itself in a moment.
            let abandoned = !job.wanted.is_empty() && job.wanted.iter().all(idle);
            if abandoned {
                self.remove(id);
            }
            return abandoned;
        }

        job.wanted.retain(|wanted| {
            let waited =
                self.live.get(&wanted.subject).is_some_and(|live| !live.waiters.is_empty());
            if !waited {
                self.live.remove(&wanted.subject);
            }
            waited
        });
        let waiters = || {
            let subjects = job.wanted.iter().filter_map(|wanted| self.live.get(&wanted.subject));
            subjects.flat_map(|live| &live.waiters)
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

    /// Forgets a job and what it was to give.
    fn remove(&mut self, id: JobId) {
        self.withdraw(id);
        let Some(job) = self.jobs.remove(&id) else { return };
        for wanted in &job.wanted {
            self.live.remove(&wanted.subject);
        }
    }

    /// Forgets a ticket.
    fn forget(&mut self, ticket: TicketId) -> Option<TicketEntry> {
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
