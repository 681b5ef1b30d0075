//! Admission of what the policy has chosen, and the snapshot of it all.

use std::{sync::Arc, time::Instant};

use cropmark_rules::{Fault, FaultCode, Key};

use super::{Dispatcher, deliver::deliver};
use crate::{
    AdmissionSnapshot, Class, ClassSnapshot, Snapshot,
    core::queue::{
        JobId, JobKey, JobOutput,
        policy::{Decision, HOLDER_WAIT, Head, Holder, Situation, WorkerKind, decide},
    },
};

/// The job that is next and waits for memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    job: JobId,
    class: Class,
    since: Instant,
}

/// The limits as the log has them; -1 is none.
struct Figures {
    max_requests: i64,
    max_wait_milliseconds: i64,
}

impl Dispatcher {
    /// Gives jobs to workers until the policy says to rest.
    pub(super) fn schedule(&mut self, now: Instant) {
        loop {
            match decide(&self.situation(now), self.turns) {
                Decision::Grant { class, kind, turn } => self.grant(class, kind, turn, now),
                Decision::Wait { class } => {
                    if !self.wait(class, now) {
                        return;
                    }
                }
                Decision::Rest => {
                    self.note_requests(now);
                    return;
                }
            }
        }
    }

    fn situation(&mut self, now: Instant) -> Situation {
        let head = |class| {
            let (id, job) = self.queue.head(class)?;
            Some(Head { job: id, estimate: job.estimate })
        };
        let (mut on_demand, eager) = (head(Class::OnDemand), head(Class::Eager));
        let (holder, since) = self.holder();
        self.holder_deadline = None;
        if holder.is_waited_for(now - since.unwrap_or(now)) {
            on_demand = None;
            self.holder_deadline = since.map(|since| since + HOLDER_WAIT);
        }
        let heads = [on_demand, eager];
        let there = |waiting: &Waiting| heads.iter().flatten().any(|head| head.job == waiting.job);
        self.waiting = self.waiting.filter(there);
        Situation {
            on_demand,
            eager,
            holder,
            reserved_idle: self.pool.has_idle(WorkerKind::Reserved),
            shared_idle: self.pool.has_idle(WorkerKind::Shared),
            free_memory: self.free_memory(),
            free_requests: self.budget.free_requests(),
            waiting: self.waiting.map(|waiting| (waiting.job, now - waiting.since)),
        }
    }

    /// Bytes that neither running jobs take nor workers keep.
    fn free_memory(&self) -> u64 {
        self.budget.free_memory().saturating_sub(self.pool.kept_bytes())
    }

    /// Where the pixels of the next on-demand job are, and since when it waits.
    fn holder(&self) -> (Holder, Option<Instant>) {
        let Some((_, job)) = self.queue.head(Class::OnDemand) else {
            return (Holder::None, None);
        };
        let holder = job.proxy().map_or(Holder::None, |source| self.pool.holder(source));
        (holder, Some(job.since))
    }

    fn grant(&mut self, class: Class, kind: WorkerKind, turn: bool, now: Instant) {
        let Some((id, _)) = self.queue.head(class) else { return };
        let Some(job) = self.queue.take(id) else { return };
        if turn {
            self.turns.take();
            match class {
                Class::OnDemand => self.totals.on_demand_turns += 1,
                Class::Eager => self.totals.eager_turns += 1,
            }
        }
        self.budget.grant(job.estimate);
        self.granted.insert(id, job.estimate);
        self.pool.assign(kind, id, job, now);
        let waited = self.waiting.filter(|waiting| waiting.job == id);
        let permit = self.permit.filter(|waiting| waiting.job == id);
        let (needed, queued) = (job.estimate, now - job.since);
        self.metrics.granted(class, queued);
        let Figures { max_requests, max_wait_milliseconds } = self.figures();
        tracing::debug!(
            job = id.0,
            class = class.name(),
            needed,
            used = self.budget.used,
            max_memory = self.budget.max_memory,
            requests = self.budget.granted,
            max_requests,
            queued_milliseconds = queued.as_millis(),
            max_wait_milliseconds,
            "granted"
        );
        for (waiting, what) in [(waited, "memory"), (permit, "a permit")] {
            let Some(waiting) = waiting else { continue };
            tracing::info!(
                job = id.0,
                class = class.name(),
                needed,
                waited_milliseconds = (now - waiting.since).as_millis(),
                max_wait_milliseconds,
                used = self.budget.used,
                max_memory = self.budget.max_memory,
                requests = self.budget.granted,
                max_requests,
                "granted after waiting for {what}"
            );
        }
        if waited.is_some() {
            self.waiting = None;
        }
        if permit.is_some() {
            self.permit = None;
        }
    }

    fn figures(&self) -> Figures {
        let count = self.settings.max_requests.and_then(|most| i64::try_from(most).ok());
        let wait = self.settings.max_wait.and_then(|wait| i64::try_from(wait.as_millis()).ok());
        Figures { max_requests: count.unwrap_or(-1), max_wait_milliseconds: wait.unwrap_or(-1) }
    }

    /// Logs once of each job that it waits because of `max_requests`.
    fn note_requests(&mut self, now: Instant) {
        let next = [Class::OnDemand, Class::Eager].into_iter().find_map(|class| {
            let (id, job) = self.queue.head(class)?;
            let is_worker_idle = self.pool.has_idle(WorkerKind::Shared)
                || class == Class::OnDemand && self.pool.has_idle(WorkerKind::Reserved);
            is_worker_idle.then_some((id, class, job.estimate))
        });
        let (true, Some((job, class, needed))) = (self.budget.free_requests() == 0, next) else {
            return;
        };
        if self.permit.is_some_and(|waiting| waiting.job == job) {
            return;
        }
        let Figures { max_requests, max_wait_milliseconds } = self.figures();
        tracing::info!(
            job = job.0,
            class = class.name(),
            needed,
            used = self.budget.used,
            max_memory = self.budget.max_memory,
            requests = self.budget.granted,
            max_requests,
            max_wait_milliseconds,
            "waiting for a permit"
        );
        self.permit = Some(Waiting { job, class, since: now });
    }

    /// Logs how many on-demand results were not begun within `max_wait`.
    pub(super) fn note_expired(&self, count: usize) {
        if count == 0 {
            return;
        }
        let Figures { max_requests, max_wait_milliseconds } = self.figures();
        tracing::info!(
            count,
            used = self.budget.used,
            max_memory = self.budget.max_memory,
            requests = self.budget.granted,
            max_requests,
            max_wait_milliseconds,
            "gave up waiting for a turn"
        );
    }

    /// Lets the head of this class wait for memory. Returns whether to decide again: it has given
    /// up, or there is more memory now.
    fn wait(&mut self, class: Class, now: Instant) -> bool {
        let Some((id, job)) = self.queue.head(class) else { return false };
        let missing = job.estimate.saturating_sub(self.free_memory());
        let replaced = self.pool.free_kept_pixels(missing);
        if replaced > 0 {
            tracing::info!(
                job = id.0,
                needed = job.estimate,
                missing,
                replaced,
                "freed kept pixels"
            );
            self.totals.retired += replaced;
            return true;
        }
        let since = match self.waiting {
            Some(waiting) if waiting.job == id => waiting.since,
            _ => {
                let Figures { max_requests, max_wait_milliseconds } = self.figures();
                tracing::info!(
                    job = id.0,
                    class = class.name(),
                    needed = job.estimate,
                    used = self.budget.used,
                    max_memory = self.budget.max_memory,
                    requests = self.budget.granted,
                    max_requests,
                    max_wait_milliseconds,
                    "waiting for memory"
                );
                self.waiting = Some(Waiting { job: id, class, since: now });
                now
            }
        };
        // On-demand work waits with its ticket's own deadline.
        let over = self.settings.max_wait.is_some_and(|longest| now - since >= longest);
        if class == Class::OnDemand || !over {
            return false;
        }
        let message = format!(
            "There was no memory free within the waiting time (max_wait): {} MiB needed, {} of \
             {} MiB in use. Raise max_wait or max_memory.",
            job.estimate >> 20,
            self.budget.used >> 20,
            self.budget.max_memory >> 20
        );
        tracing::info!(job = id.0, "gave up waiting for memory");
        let busy = JobOutput::Failed(Fault::new(FaultCode::Busy, message));
        for delivery in self.queue.fail(id, &busy) {
            deliver(delivery);
        }
        true
    }

    /// When an eager job will have waited long enough for memory.
    pub(super) fn waiting_deadline(&self) -> Option<Instant> {
        let waiting = self.waiting.filter(|waiting| waiting.class == Class::Eager)?;
        Some(waiting.since + self.settings.max_wait?)
    }

    /// Returns the variants that workers are rendering.
    fn rendering(&self) -> Arc<[Key]> {
        let jobs = self.pool.jobs().filter_map(|id| self.queue.job(id));
        let keys = jobs.flat_map(|job| &job.pending).map(|pending| &pending.key);
        let keys = keys.filter_map(|key| match key {
            JobKey::Variant(key) | JobKey::Preview(key) => Some(*key),
            JobKey::Header(..) => None,
        });
        keys.collect()
    }

    /// Publishes the state.
    pub(super) fn publish(&mut self) {
        self.totals.started = self.pool.starts();
        let class = |class, held| ClassSnapshot {
            queued: self.queue.queued(class),
            held,
            running: self.pool.running(class),
        };
        let snapshot = Snapshot {
            on_demand: class(Class::OnDemand, 0),
            eager: class(Class::Eager, self.queue.held()),
            admission: AdmissionSnapshot {
                used: self.budget.used,
                max_memory: self.budget.max_memory,
                kept: self.pool.kept_bytes(),
                granted: self.budget.granted,
                waiting: self.waiting.is_some(),
            },
            workers: self.pool.snapshot(),
            rendering: self.rendering(),
            totals: self.totals,
        };
        self.snapshot.send_if_modified(|shown| {
            let changed = *shown != snapshot;
            *shown = snapshot;
            changed
        });
    }
}
