//! How work leaves the queues: answered, failed, tried again, waited for too long.

use std::{collections::BTreeSet, time::Instant};

use cropmark_rules::{Fault, FaultCode};

use super::{Delivery, Job, JobId, Outcome, Queue, Stage, Subject, Trial, Wanted};

/// After this many parts of a job have timed out alone, the source itself is taken to be the
/// reason, and the other parts are not tried any more.
const TIMEOUTS_OF_PARTS: u8 = 2;

/// How a worker was lost over a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// It died or talked nonsense.
    Crash,
    /// It was killed for taking too long.
    Timeout,
    /// It ran out of memory.
    Memory,
}

/// Whether a variant is tried again after `losses` workers were lost over it.
///
/// At most once, and then alone: of several variants nobody knows which one was the culprit,
/// and it must not take its siblings with it. A variant that was known to be the only one left
/// when time or memory ran out is not tried again: that would end the same way, and slowly. A
/// crash may have had another reason (a kill from outside), so it is worth one retry in any case.
fn retries(loss: Loss, losses: u8, alone: bool) -> bool {
    losses < 2 && (loss == Loss::Crash || !alone)
}

impl Queue {
    /// A worker has answered a part of a job.
    pub(crate) fn answer(&mut self, id: JobId, index: usize, outcome: &Outcome) -> Vec<Delivery> {
        let Some(job) = self.jobs.get_mut(&id) else { return Vec::new() };
        let Some(position) = job.wanted.iter().position(|wanted| wanted.index == index) else {
            return Vec::new();
        };
        let wanted = job.wanted.swap_remove(position);
        self.deliver(&wanted.subject, outcome)
    }

    /// A job has ended, everything answered.
    pub(crate) fn finish(&mut self, id: JobId) {
        self.remove(id);
    }

    /// A job's worker was lost: what was not answered is tried again in jobs of its own, or
    /// fails (all of it where `again` is false). Returns what is to be told, and how many variants are tried again.
    pub(crate) fn lose(
        &mut self,
        id: JobId,
        loss: Loss,
        again: bool,
        fault: &Fault,
        now: Instant,
    ) -> (Vec<Delivery>, u64) {
        let Some(job) = self.jobs.remove(&id) else { return (Vec::new(), 0) };
        let alone = job.wanted.len() == 1;
        let failed = Outcome::Failed(fault.clone());
        let (mut deliveries, mut retried) = (Vec::new(), 0);
        for wanted in &job.wanted {
            let losses = wanted.losses + 1;
            if self.live.get(&wanted.subject).is_none_or(|live| live.waiters.is_empty()) {
                self.live.remove(&wanted.subject);
            } else if again && retries(loss, losses, alone) {
                retried += 1;
                let trial = if alone { job.trial } else { Some(Trial { of: id, timeouts: 0 }) };
                let wanted = vec![Wanted { losses, ..wanted.clone() }];
                let part = Job {
                    task: job.task.clone(),
                    wanted,
                    class: job.class,
                    arrived: job.arrived,
                    touched: job.touched,
                    since: now,
                    estimate: job.estimate,
                    stage: Stage::Apart,
                    trial,
                };
                self.insert(part, now);
            } else {
                deliveries.extend(self.deliver(&wanted.subject, &failed));
            }
        }
        if let (Loss::Timeout, Some(trial)) = (loss, job.trial) {
            deliveries.extend(self.strike(trial.of, &failed));
        }
        (deliveries, retried)
    }

    /// Another part of a job that was taken apart has timed out.
    fn strike(&mut self, of: JobId, failed: &Outcome) -> Vec<Delivery> {
        let mut given_up = Vec::new();
        for (id, job) in &mut self.jobs {
            if let Some(trial) = job.trial.as_mut().filter(|trial| trial.of == of) {
                trial.timeouts += 1;
                if trial.timeouts >= TIMEOUTS_OF_PARTS && job.stage != Stage::Running {
                    given_up.push(*id);
                }
            }
        }
        given_up.into_iter().flat_map(|id| self.fail(id, failed)).collect()
    }

    /// A pending job fails as a whole.
    pub(crate) fn fail(&mut self, id: JobId, outcome: &Outcome) -> Vec<Delivery> {
        let Some(job) = self.jobs.get(&id) else { return Vec::new() };
        let subjects: Vec<Subject> = job.wanted.iter().map(|wanted| wanted.subject).collect();
        let deliveries =
            subjects.iter().flat_map(|subject| self.deliver(subject, outcome)).collect();
        self.remove(id);
        deliveries
    }

    /// All pending jobs fail: there is nobody to do them.
    pub(crate) fn fail_pending(&mut self, outcome: &Outcome) -> Vec<Delivery> {
        let pending = self.jobs.iter().filter(|(_, job)| job.stage != Stage::Running);
        let pending: Vec<JobId> = pending.map(|(id, _)| *id).collect();
        pending.into_iter().flat_map(|id| self.fail(id, outcome)).collect()
    }

    /// Tells on-demand tickets whose time is over that their pending work was not done.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        while let Some(&(expiry, ticket)) = self.expiries.first().filter(|(at, _)| *at <= now) {
            self.expiries.remove(&(expiry, ticket));
            let Some(entry) = self.tickets.get_mut(&ticket) else { continue };
            entry.expires = None;
            let busy = Outcome::Failed(Fault::new(
                FaultCode::Busy,
                "No worker was free within the waiting time (max_wait). Try again later, or \
                 raise max_wait or the number of workers.",
            ));
            let mut changed = BTreeSet::new();
            let open: Vec<(usize, Subject)> =
                entry.open.iter().map(|(slot, subject)| (*slot, *subject)).collect();
            for (slot, subject) in open {
                let Some(live) = self.live.get_mut(&subject) else { continue };
                let running =
                    self.jobs.get(&live.job).is_some_and(|job| job.stage == Stage::Running);
                if running {
                    continue;
                }
                let mine = |waiter: &super::Waiter| waiter.ticket == ticket && waiter.slot == slot;
                let Some(position) = live.waiters.iter().position(mine) else { continue };
                let waiter = live.waiters.swap_remove(position);
                changed.insert(live.job);
                deliveries.extend(self.hand_over(&waiter, &busy));
            }
            for id in changed {
                self.place(id, now);
            }
        }
        deliveries
    }

    /// Ends every ticket without an answer.
    pub(crate) fn abandon(&mut self) {
        let paused = std::mem::take(&mut self.paused);
        *self = Self { paused, last: self.last, ..Self::default() };
    }

    /// A subject's outcome goes to all who wait for it.
    fn deliver(&mut self, subject: &Subject, outcome: &Outcome) -> Vec<Delivery> {
        let Some(live) = self.live.remove(subject) else { return Vec::new() };
        live.waiters.iter().filter_map(|waiter| self.hand_over(waiter, outcome)).collect()
    }

    fn hand_over(&mut self, waiter: &super::Waiter, outcome: &Outcome) -> Option<Delivery> {
        let entry = self.tickets.get_mut(&waiter.ticket)?;
        entry.open.remove(&waiter.slot)?;
        let answers = entry.answers.clone();
        if entry.open.is_empty() {
            self.forget(waiter.ticket);
        }
        let target = waiter.target.clone();
        Some(Delivery { answers, slot: waiter.slot, target, outcome: outcome.clone() })
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
