//! How jobs leave the queues: delivered, failed, tried again, expired.

use std::{collections::BTreeSet, time::Instant};

use cropmark_rules::{Fault, FaultCode};

use super::{
    Delivery, Job, JobId, JobKey, JobKind, JobOutput, PendingOutput, Queue, RetryGroup, Stage,
};

/// After this many jobs of a retry group have timed out, the source itself is taken to be the
/// reason, and the others fail without a try.
const TIMEOUTS_OF_PARTS: u8 = 2;

/// How a job lost its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// It crashed or broke the protocol.
    Crash,
    /// It was killed for taking too long.
    Timeout,
    /// It ran out of memory.
    Memory,
}

/// Whether a variant is tried again after `losses` workers were lost over it.
///
/// One whose source is still arriving is not: it is rendered the usual way when all has come. Others
/// at most once, and then in a job of their own: which of several variants was the reason is not
/// known, and its siblings must not fail with it. A variant that was known to be the only one left
/// when time or memory ran out is not tried again: that would end the same way, and slowly. A
/// crash may have had another reason (a kill from outside), so it is worth one retry in any case.
fn retries(loss: Loss, losses: u8, alone: bool) -> bool {
    losses < 2 && (loss == Loss::Crash || !alone)
}

impl Queue {
    /// Takes in one output of a running job; returns it for each of its waiters.
    pub(crate) fn answer(&mut self, id: JobId, index: usize, output: &JobOutput) -> Vec<Delivery> {
        let Some(job) = self.jobs.get_mut(&id) else { return Vec::new() };
        let Some(position) = job.pending.iter().position(|pending| pending.index == index) else {
            return Vec::new();
        };
        let pending = job.pending.swap_remove(position);
        self.deliver(&pending.key, output)
    }

    /// Forgets a job that has delivered everything.
    pub(crate) fn finish(&mut self, id: JobId) {
        self.remove(id);
    }

    /// Takes in the loss of a job's worker: each pending output is tried again in a job of its own
    /// or fails; all fail where `again` is false. Returns the failures to deliver, and how many
    /// variants are tried again.
    pub(crate) fn worker_lost(
        &mut self,
        id: JobId,
        loss: Loss,
        again: bool,
        fault: &Fault,
        now: Instant,
    ) -> (Vec<Delivery>, u64) {
        let Some(job) = self.jobs.remove(&id) else { return (Vec::new(), 0) };
        let alone = job.pending.len() == 1;
        let failed = JobOutput::Failed(fault.clone());
        let (mut deliveries, mut retried) = (Vec::new(), 0);
        for pending in &job.pending {
            let losses = pending.losses + 1;
            if self.active.get(&pending.key).is_none_or(|active| active.waiters.is_empty()) {
                self.active.remove(&pending.key);
            } else if again && job.arrival().is_none() && retries(loss, losses, alone) {
                retried += 1;
                let retry_group = match &job.kind {
                    // Sources that were inspected together have nothing to do with one another.
                    JobKind::Inspect(_) => None,
                    JobKind::Render(_) if alone => job.retry_group,
                    JobKind::Render(_) => Some(RetryGroup { origin: id, timeouts: 0 }),
                };
                let pending = vec![PendingOutput { losses, ..pending.clone() }];
                let part = Job {
                    kind: job.kind.clone(),
                    pending,
                    class: job.class,
                    arrived: job.arrived,
                    touched: job.touched,
                    since: now,
                    estimate: job.estimate,
                    stage: Stage::Detached,
                    retry_group,
                };
                self.insert(part, now);
            } else {
                deliveries.extend(self.deliver(&pending.key, &failed));
            }
        }
        if let (Loss::Timeout, Some(retry_group)) = (loss, job.retry_group) {
            deliveries.extend(self.record_failure(retry_group.origin, &failed));
        }
        (deliveries, retried)
    }

    /// Counts a timeout in a retry group; returns the failures of those that are given up for it.
    fn record_failure(&mut self, origin: JobId, failed: &JobOutput) -> Vec<Delivery> {
        let mut given_up = Vec::new();
        for (id, job) in &mut self.jobs {
            if let Some(retry_group) =
                job.retry_group.as_mut().filter(|group| group.origin == origin)
            {
                retry_group.timeouts += 1;
                if retry_group.timeouts >= TIMEOUTS_OF_PARTS && job.stage != Stage::Running {
                    given_up.push(*id);
                }
            }
        }
        given_up.into_iter().flat_map(|id| self.fail(id, failed)).collect()
    }

    /// Fails a job that does not run yet.
    pub(crate) fn fail(&mut self, id: JobId, output: &JobOutput) -> Vec<Delivery> {
        let Some(job) = self.jobs.get(&id) else { return Vec::new() };
        let keys: Vec<JobKey> = job.pending.iter().map(|pending| pending.key).collect();
        let deliveries = keys.iter().flat_map(|key| self.deliver(key, output)).collect();
        self.remove(id);
        deliveries
    }

    /// Fails all jobs that do not run yet.
    pub(crate) fn fail_pending(&mut self, output: &JobOutput) -> Vec<Delivery> {
        let pending = self.jobs.iter().filter(|(_, job)| job.stage != Stage::Running);
        let pending: Vec<JobId> = pending.map(|(id, _)| *id).collect();
        pending.into_iter().flat_map(|id| self.fail(id, output)).collect()
    }

    /// Fails what on-demand tickets wait for and has not begun within their time.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        while let Some(&(expiry, ticket)) = self.expiries.first().filter(|(at, _)| *at <= now) {
            self.expiries.remove(&(expiry, ticket));
            let Some(entry) = self.tickets.get_mut(&ticket) else { continue };
            entry.expires = None;
            let busy = JobOutput::Failed(Fault::new(
                FaultCode::Busy,
                "No worker was free within the waiting time (max_wait). Try again later, or \
                 raise max_wait or the number of workers.",
            ));
            let mut changed = BTreeSet::new();
            let open: Vec<(usize, JobKey)> =
                entry.open.iter().map(|(slot, key)| (*slot, *key)).collect();
            for (slot, key) in open {
                let Some(active) = self.active.get_mut(&key) else { continue };
                let running =
                    self.jobs.get(&active.job).is_some_and(|job| job.stage == Stage::Running);
                if running {
                    continue;
                }
                let mine = |waiter: &super::Waiter| waiter.ticket == ticket && waiter.slot == slot;
                let Some(position) = active.waiters.iter().position(mine) else { continue };
                let waiter = active.waiters.swap_remove(position);
                changed.insert(active.job);
                deliveries.extend(self.deliver_to(&waiter, &busy));
            }
            for id in changed {
                self.requeue(id, now);
            }
        }
        deliveries
    }

    /// Forgets all jobs and tickets; their result channels close.
    pub(crate) fn clear(&mut self) {
        let paused = std::mem::take(&mut self.paused);
        *self = Self { paused, last: self.last, ..Self::default() };
    }

    /// Returns a key's output for each of its waiters.
    fn deliver(&mut self, key: &JobKey, output: &JobOutput) -> Vec<Delivery> {
        let Some(active) = self.active.remove(key) else { return Vec::new() };
        active.waiters.iter().filter_map(|waiter| self.deliver_to(waiter, output)).collect()
    }

    fn deliver_to(&mut self, waiter: &super::Waiter, output: &JobOutput) -> Option<Delivery> {
        let entry = self.tickets.get_mut(&waiter.ticket)?;
        entry.open.remove(&waiter.slot)?;
        let results = entry.results.clone();
        if entry.open.is_empty() {
            self.forget(waiter.ticket);
        }
        let target = waiter.target.clone();
        Some(Delivery { results, slot: waiter.slot, target, output: output.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_as_a_table() {
        let table = [
            (Loss::Crash, 1, true, true),
            (Loss::Crash, 1, false, true),
            (Loss::Crash, 2, true, false),
            (Loss::Timeout, 1, true, false),
            (Loss::Timeout, 1, false, true),
            (Loss::Timeout, 2, false, false),
            (Loss::Memory, 1, true, false),
            (Loss::Memory, 1, false, true),
        ];
        for (loss, losses, alone, expected) in table {
            assert_eq!(retries(loss, losses, alone), expected, "{loss:?} {losses} {alone}");
        }
    }
}
