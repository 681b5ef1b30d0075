//! The pool: a fixed number of places, each with a worker process that is started ahead, works on
//! one job at a time, and is replaced when it exits, uses too much memory or has done many jobs.
//!
//! The first slot is reserved for on-demand work where there is more than one (a setting). Its
//! process has normal priority; those of the other places have a lower one, because they do eager
//! work. Without privileges a priority can only be lowered, so a process keeps its own for life.

mod affinity;
mod answers;
mod exit;
mod link;
mod prepare;
mod process;
mod result_file;
mod stderr;

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use cropmark_rules::{ContentHash, Limits, protocol::Description};

pub(crate) use exit::{classify_exit, describe_exit, stderr_excerpt};
pub(crate) use link::{MemoryUse, WorkerEvent, WorkerExit};
pub(crate) use prepare::{Assignment, unwritable};

use self::{
    affinity::{Activity, View},
    link::WorkerLink,
    process::Launch,
};
use crate::{
    Class, Settings, WorkerSnapshot, WorkerState,
    core::{
        arrival::Arrival,
        queue::{
            Job, JobId,
            policy::{Holder, WorkerKind},
        },
    },
};

/// A worker process's number; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct WorkerId(pub(crate) u64);

/// The longest pause between two tries to start a worker.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The pause after the system refused a thread or a descriptor.
const RESOURCE_PAUSE: Duration = Duration::from_millis(500);
/// After this many failed starts in a row a slot counts as unable to start a worker.
const FAILED_STARTS: u32 = 4;
/// How long a cancelled preview may go on before its worker is killed. Most are done by then, and
/// the pixels that the worker keeps are worth more than the time.
const PREVIEW_GRACE: Duration = Duration::from_millis(300);
/// A worker that exits without a job counts as a failed start, unless it was up for this long.
const STABLE_AFTER: Duration = Duration::from_secs(2);

/// All places.
pub(crate) struct Pool {
    slots: Vec<Slot>,
    launch: Arc<Launch>,
    limits: Limits,
    start_timeout: Duration,
    jobs_per_worker: u64,
    resident_limit: u64,
    /// Takes what workers report.
    report: Arc<dyn Fn(WorkerId, WorkerEvent) + Send + Sync>,
    last_worker: u64,
    started: u64,
    /// Why the system refused a start, until [`Pool::take_start_error`] takes it.
    start_error: Option<io::Error>,
}

struct Slot {
    kind: WorkerKind,
    nice: u8,
    state: State,
    /// Failed starts in a row.
    failed_starts: u32,
}

enum State {
    Down { until: Instant },
    Up(Worker),
}

struct Worker {
    id: WorkerId,
    link: WorkerLink,
    process: Option<u32>,
    since: Instant,
    jobs: u64,
    resident_bytes: u64,
    /// The sources of which it keeps pixels.
    kept: Vec<ContentHash>,
    /// Bytes of those pixels.
    kept_bytes: u64,
    /// When its last job ended.
    idle_since: Instant,
    stage: Stage,
}

enum Stage {
    Starting {
        deadline: Instant,
    },
    Idle,
    Busy {
        job: JobId,
        class: Class,
        deadline: Instant,
        /// The source's identity, where this is a preview.
        proxy: Option<ContentHash>,
        /// Set where its source is still arriving.
        arrival: Option<Arrival>,
        /// It is cancelled, and may still end by itself until the deadline.
        abandoned: bool,
    },
    Ending {
        why: EndReason,
        job: Option<JobId>,
    },
}

/// Why the pool ends a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndReason {
    /// A variant, or the start, took too long.
    Timeout,
    /// Its job was cancelled.
    Cancelled,
    /// It has done many jobs, or its memory is needed.
    Retired,
    /// It has another version, or lacks a required sandbox.
    Unfit,
}

/// A worker that has exited.
#[derive(Debug)]
pub(crate) struct EndedWorker {
    /// The job that it had.
    pub(crate) job: Option<JobId>,
    /// Why the pool ended it; `None`: it crashed or broke the protocol.
    pub(crate) why: Option<EndReason>,
    pub(crate) exit: WorkerExit,
}

impl Pool {
    /// Starts a worker in each slot. Their events go to `report`, from their threads.
    pub(crate) fn new(
        settings: &Settings,
        report: impl Fn(WorkerId, WorkerEvent) + Send + Sync + 'static,
        now: Instant,
    ) -> Self {
        let places = settings.workers.max(1);
        let slots = (0..places).map(|index| {
            let kept = index == 0 && places > 1 && settings.keep_place;
            let (kind, nice) = match (kept, places) {
                (true, _) => (WorkerKind::Reserved, 0),
                (false, 1) => (WorkerKind::Shared, 0),
                (false, _) => (WorkerKind::Shared, settings.eager_nice.min(19)),
            };
            Slot { kind, nice, state: State::Down { until: now }, failed_starts: 0 }
        });
        let mut pool = Self {
            slots: slots.collect(),
            launch: Arc::new(Launch::new(settings)),
            limits: settings.limits.clone(),
            start_timeout: settings.start_timeout,
            jobs_per_worker: settings.jobs_per_worker.max(1),
            resident_limit: settings.worker_resident_limit,
            report: Arc::new(report),
            last_worker: 0,
            started: 0,
            start_error: None,
        };
        pool.refill(now);
        pool
    }

    /// Starts workers in places that are due, and ends those whose deadline has passed.
    pub(crate) fn tick(&mut self, now: Instant) {
        let allowance = self.allowance();
        for slot in &mut self.slots {
            let State::Up(worker) = &mut slot.state else { continue };
            worker.wait_for_arrival(allowance, now);
            let (deadline, job, why) = match worker.stage {
                Stage::Starting { deadline } => (deadline, None, EndReason::Timeout),
                Stage::Busy { job, deadline, abandoned, .. } => (
                    deadline,
                    Some(job),
                    if abandoned { EndReason::Cancelled } else { EndReason::Timeout },
                ),
                Stage::Idle | Stage::Ending { .. } => continue,
            };
            if deadline <= now {
                worker.end(why, job);
            }
        }
        self.refill(now);
    }

    fn refill(&mut self, now: Instant) {
        for slot in &mut self.slots {
            if !matches!(slot.state, State::Down { until } if until <= now) {
                continue;
            }
            self.last_worker += 1;
            let id = WorkerId(self.last_worker);
            let all = Arc::clone(&self.report);
            let report = move |report| all(id, report);
            let link =
                WorkerLink::start(Arc::clone(&self.launch), slot.nice, self.limits.clone(), report);
            let link = match link {
                Ok(link) => link,
                Err(error) => {
                    // No descriptors or threads are left; there may be some later.
                    slot.failed_starts += 1;
                    slot.state =
                        State::Down { until: now + pause(slot.failed_starts).max(RESOURCE_PAUSE) };
                    self.start_error = Some(error);
                    continue;
                }
            };
            self.started += 1;
            slot.state = State::Up(Worker {
                id,
                link,
                process: None,
                since: now,
                jobs: 0,
                resident_bytes: 0,
                kept: Vec::new(),
                kept_bytes: 0,
                idle_since: now,
                stage: Stage::Starting { deadline: now + self.start_timeout },
            });
        }
    }

    /// Takes the reason why the system refused a start since the last call, if it did: no event
    /// tells of it.
    pub(crate) fn take_start_error(&mut self) -> Option<io::Error> {
        self.start_error.take()
    }

    /// Returns when [`Pool::tick`] has something to do next.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let deadlines = self.slots.iter().filter_map(|slot| match &slot.state {
            State::Down { until } => Some(*until),
            State::Up(worker) => match worker.stage {
                Stage::Starting { deadline } | Stage::Busy { deadline, .. } => Some(deadline),
                Stage::Idle | Stage::Ending { .. } => None,
            },
        });
        deadlines.min()
    }

    /// Whether a worker of this kind is idle.
    pub(crate) fn has_idle(&self, kind: WorkerKind) -> bool {
        self.slots.iter().any(|slot| slot.is_idle(kind))
    }

    /// Gives a job to an idle worker of this kind.
    pub(crate) fn assign(&mut self, kind: WorkerKind, id: JobId, job: &Job, now: Instant) {
        let allowance = self.allowance();
        let proxy = job.proxy();
        let idle = self.slots.iter().enumerate().filter_map(|(index, slot)| match &slot.state {
            State::Up(worker) if slot.is_idle(kind) => Some((index, worker.kept.as_slice())),
            _ => None,
        });
        let best = affinity::best(idle, proxy);
        let slot = best.and_then(|index| self.slots.get_mut(index));
        if let Some(State::Up(worker)) = slot.map(|slot| &mut slot.state) {
            worker.link.assign(Assignment::new(id, job, &self.limits));
            let deadline = now + allowance;
            let class = job.class;
            let arrival = job.arrival();
            let abandoned = false;
            worker.stage = Stage::Busy { job: id, class, deadline, proxy, arrival, abandoned };
        }
    }

    /// Returns which worker keeps a source's pixels.
    pub(crate) fn holder(&self, source: ContentHash) -> Holder {
        let views = self.slots.iter().filter_map(|slot| {
            let State::Up(worker) = &slot.state else { return None };
            let activity = match &worker.stage {
                Stage::Idle => Activity::Idle,
                Stage::Busy { proxy: Some(proxy), .. } => Activity::Preview(*proxy),
                _ => Activity::Other,
            };
            Some(View { kind: slot.kind, activity, kept: &worker.kept })
        });
        affinity::holder(views, source)
    }

    /// Restarts the clock of a job that has delivered an output.
    pub(crate) fn progress(&mut self, id: WorkerId, now: Instant) {
        let allowance = self.allowance();
        if let Some(Worker { stage: Stage::Busy { deadline, abandoned: false, .. }, .. }) =
            self.worker(id)
        {
            *deadline = now + allowance;
        }
    }

    /// Takes in that a worker has started, and whether it is fit to be used.
    pub(crate) fn ready(&mut self, id: WorkerId, fit: bool, now: Instant) {
        if let Some(worker) = self.worker(id)
            && matches!(worker.stage, Stage::Starting { .. })
        {
            if fit {
                worker.stage = Stage::Idle;
                worker.since = now;
            } else {
                worker.end(EndReason::Unfit, None);
            }
        }
    }

    /// Takes in the end of a job, and the worker's memory where that is known. Returns whether the
    /// worker is retired.
    pub(crate) fn done(&mut self, id: WorkerId, memory: Option<MemoryUse>, now: Instant) -> bool {
        let (most_jobs, most_bytes) = (self.jobs_per_worker, self.resident_limit);
        let Some(slot) = self.slot(id) else { return false };
        slot.failed_starts = 0;
        let State::Up(worker) = &mut slot.state else { return false };
        worker.jobs += 1;
        worker.idle_since = now;
        if let Some(memory) = memory {
            worker.kept_bytes = memory.kept_bytes;
            worker.resident_bytes = memory.resident_bytes;
            worker.kept = memory.proxies;
        }
        if !matches!(worker.stage, Stage::Busy { .. }) {
            return false;
        }
        worker.stage = Stage::Idle;
        let retired = worker.jobs >= most_jobs || worker.resident_bytes > most_bytes;
        if retired {
            worker.end(EndReason::Retired, None);
        }
        retired
    }

    /// Ends the worker of this job: at once, or after a while where it makes a preview. An event
    /// tells of it.
    pub(crate) fn cancel(&mut self, job: JobId, now: Instant) {
        let found = self.slots.iter_mut().find_map(|slot| match &mut slot.state {
            State::Up(worker) => worker.has(job).then_some(worker),
            State::Down { .. } => None,
        });
        let Some(worker) = found else { return };
        if let Stage::Busy { deadline, proxy: Some(_), abandoned, .. } = &mut worker.stage {
            *deadline = (*deadline).min(now + PREVIEW_GRACE);
            *abandoned = true;
        } else {
            worker.end(EndReason::Cancelled, Some(job));
        }
    }

    /// Notes a worker's process.
    pub(crate) fn started(&mut self, id: WorkerId, process: u32) {
        if let Some(worker) = self.worker(id) {
            worker.process = Some(process);
        }
    }

    /// Takes in a worker's exit and fills its slot, at once unless its workers fail to start.
    pub(crate) fn exited(
        &mut self,
        id: WorkerId,
        exit: WorkerExit,
        now: Instant,
    ) -> Option<EndedWorker> {
        let slot = self.slot(id)?;
        let State::Up(worker) = &slot.state else { return None };
        let (why, job, failed_start) = match worker.stage {
            Stage::Starting { .. } => (None, None, true),
            Stage::Idle => (None, None, now.duration_since(worker.since) < STABLE_AFTER),
            Stage::Busy { job, .. } => (None, Some(job), false),
            Stage::Ending { why, job } => {
                let starting = worker.jobs == 0 && job.is_none();
                let bad = starting && matches!(why, EndReason::Timeout | EndReason::Unfit);
                (Some(why), job, bad)
            }
        };
        slot.failed_starts = if failed_start { slot.failed_starts + 1 } else { 0 };
        slot.state = State::Down { until: now + pause(slot.failed_starts) };
        self.refill(now);
        Some(EndedWorker { job, why, exit })
    }

    /// Whether no slot has a worker and all have failed to start one.
    pub(crate) fn cannot_start(&self) -> bool {
        self.slots.iter().all(|slot| match &slot.state {
            State::Down { .. } => slot.failed_starts >= FAILED_STARTS,
            State::Up(worker) => {
                slot.failed_starts >= FAILED_STARTS
                    && matches!(worker.stage, Stage::Starting { .. })
            }
        })
    }

    /// Whether a worker has the right version.
    pub(crate) fn fits(description: &Description) -> bool {
        use cropmark_rules::protocol::{PIXEL_VERSION, PROTOCOL_VERSION};
        description.protocol == PROTOCOL_VERSION && description.pixels == PIXEL_VERSION
    }

    /// Ends all workers and starts none again. Returns how many exits are still to be reported.
    pub(crate) fn stop(&mut self) -> usize {
        let slots = std::mem::take(&mut self.slots);
        slots.iter().filter(|slot| matches!(slot.state, State::Up(_))).count()
    }

    /// Returns how many worker processes were started.
    pub(crate) fn starts(&self) -> u64 {
        self.started
    }

    /// Counts the running jobs of a class.
    pub(crate) fn running(&self, of: Class) -> usize {
        let runs = |slot: &&Slot| {
            matches!(&slot.state, State::Up(Worker { stage: Stage::Busy { class, .. }, .. })
                if *class == of)
        };
        self.slots.iter().filter(runs).count()
    }

    /// Returns the running jobs that are not cancelled.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = JobId> {
        self.slots.iter().filter_map(|slot| match &slot.state {
            State::Up(Worker { stage: Stage::Busy { job, abandoned: false, .. }, .. }) => {
                Some(*job)
            }
            _ => None,
        })
    }

    /// Returns the bytes of the pixels that workers keep from one preview to the next, without
    /// those of workers that are being ended.
    pub(crate) fn kept_bytes(&self) -> u64 {
        let bytes = self.slots.iter().map(|slot| match &slot.state {
            State::Up(Worker { stage: Stage::Ending { .. }, .. }) | State::Down { .. } => 0,
            State::Up(worker) => worker.kept_bytes,
        });
        bytes.fold(0, u64::saturating_add)
    }

    /// Replaces idle workers that keep pixels, the least recently used first, until so many bytes
    /// are free; none where that is not enough. Returns how many it has replaced.
    pub(crate) fn free_kept_pixels(&mut self, bytes: u64) -> u64 {
        let keeping = self.slots.iter_mut().filter_map(|slot| match &mut slot.state {
            State::Up(worker) if worker.kept_bytes > 0 => {
                matches!(worker.stage, Stage::Idle).then_some(worker)
            }
            _ => None,
        });
        let mut keeping: Vec<&mut Worker> = keeping.collect();
        let there = keeping.iter().map(|worker| worker.kept_bytes).fold(0, u64::saturating_add);
        if there < bytes {
            return 0;
        }
        keeping.sort_by_key(|worker| worker.idle_since);
        let (mut given_back, mut replaced) = (0_u64, 0);
        for worker in keeping {
            if given_back >= bytes {
                break;
            }
            given_back = given_back.saturating_add(worker.kept_bytes);
            replaced += 1;
            worker.end(EndReason::Retired, None);
        }
        replaced
    }

    /// Returns the state of every slot.
    pub(crate) fn snapshot(&self) -> Vec<WorkerSnapshot> {
        self.slots.iter().map(Slot::snapshot).collect()
    }

    /// Returns how long a worker may take for an output: the limit, and a little more, so that a
    /// worker that keeps the limit itself can say so.
    fn allowance(&self) -> Duration {
        let limit = Duration::from_millis(self.limits.variant_milliseconds);
        limit + (limit / 10).clamp(Duration::from_millis(50), Duration::from_secs(2))
    }

    fn slot(&mut self, id: WorkerId) -> Option<&mut Slot> {
        let of = |slot: &&mut Slot| matches!(&slot.state, State::Up(worker) if worker.id == id);
        self.slots.iter_mut().find(of)
    }

    fn worker(&mut self, id: WorkerId) -> Option<&mut Worker> {
        match &mut self.slot(id)?.state {
            State::Up(worker) => Some(worker),
            State::Down { .. } => None,
        }
    }
}

impl Slot {
    fn is_idle(&self, kind: WorkerKind) -> bool {
        let idle = matches!(&self.state, State::Up(Worker { stage: Stage::Idle, .. }));
        self.kind == kind && idle
    }

    fn snapshot(&self) -> WorkerSnapshot {
        let kept = self.kind == WorkerKind::Reserved;
        let State::Up(worker) = &self.state else {
            let state = WorkerState::Down;
            return WorkerSnapshot { process: None, kept, state, jobs: 0, resident_bytes: 0 };
        };
        let state = match worker.stage {
            Stage::Starting { .. } => WorkerState::Starting,
            Stage::Idle => WorkerState::Idle,
            Stage::Busy { class, .. } => WorkerState::Busy(class),
            Stage::Ending { .. } => WorkerState::Ending,
        };
        let &Worker { process, jobs, resident_bytes, .. } = worker;
        WorkerSnapshot { process, kept, state, jobs, resident_bytes }
    }
}

impl Worker {
    fn has(&self, pending: JobId) -> bool {
        matches!(self.stage, Stage::Busy { job, .. } if job == pending)
    }

    /// Lets the clock of a job begin when all of its source has come: the download has a limit of its
    /// own, and a worker that waits for bytes does not take too long.
    fn wait_for_arrival(&mut self, allowance: Duration, now: Instant) {
        if let Stage::Busy { deadline, arrival: Some(arrival), abandoned: false, .. } =
            &mut self.stage
        {
            *deadline = arrived_deadline(*deadline, arrival.ended(), allowance, now);
        }
    }

    /// Closes the link; its thread kills the process and reports the exit.
    fn end(&mut self, why: EndReason, job: Option<JobId>) {
        self.stage = Stage::Ending { why, job };
        self.link.close();
    }
}

/// Returns the deadline of a job whose source has come at `ended`, or is still coming.
fn arrived_deadline(
    deadline: Instant,
    ended: Option<Instant>,
    allowance: Duration,
    now: Instant,
) -> Instant {
    deadline.max(ended.unwrap_or(now) + allowance)
}

/// Returns how long a slot stays empty after so many failed starts; after the first, not at all.
fn pause(failed_starts: u32) -> Duration {
    match failed_starts {
        0 | 1 => Duration::ZERO,
        more => (Duration::from_millis(50) * 2_u32.pow((more - 2).min(10))).min(LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bad_start_costs_nothing_and_a_storm_calms_down() {
        let pauses: Vec<u128> = [0, 1, 2, 3, 6, 9, 100].map(|n| pause(n).as_millis()).to_vec();
        assert_eq!(pauses, [0, 0, 50, 100, 800, 5000, 5000]);
    }

    #[test]
    fn the_clock_of_a_job_begins_when_its_source_has_come() {
        let (began, second) = (Instant::now(), Duration::from_secs(1));
        let deadline = |ended: Option<u32>, now: u32| {
            let ended = ended.map(|seconds| began + second * seconds);
            arrived_deadline(began + second, ended, second, began + second * now) - began
        };
        assert_eq!(deadline(None, 5), second * 6);
        assert_eq!(deadline(Some(5), 5), second * 6);
        assert_eq!(deadline(Some(5), 9), second * 6);
        assert_eq!(deadline(Some(0), 9), second);
    }
}
