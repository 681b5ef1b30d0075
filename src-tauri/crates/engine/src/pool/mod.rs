//! The pool: a fixed number of places, each with a worker process that is started ahead, lent
//! to one job at a time, and replaced when it is lost or used up.
//!
//! The first place is kept for on-demand work where there is more than one (a setting). Its
//! process has normal priority; those of the others are nicer, because they do eager work. A priority can
//! only be lowered without privileges, not raised again, so a process keeps its own for life.

mod affinity;
mod assignment;
mod line;
mod process;
mod stderr;
mod verdict;

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use cropmark_rules::{ContentHash, Limits, protocol::Description};

pub(crate) use assignment::Assignment;
pub(crate) use line::{Holdings, Obituary, Report};
pub(crate) use verdict::{how, last_words, verdict};

use self::{
    affinity::{Occupation, View},
    line::Line,
    process::Launch,
};
use crate::{
    Class, Settings, WorkerSnapshot, WorkerState,
    event::{Event, EventSender},
    queue::{
        Job, JobId,
        policy::{Holder, Place},
    },
};

/// The number of a worker process; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct WorkerId(pub(crate) u64);

/// The longest pause between two tries to start a worker.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The pause after the system could not even give a thread or a descriptor.
const NO_MEANS: Duration = Duration::from_millis(500);
/// After this many failed starts a place has no hope for the moment.
const HOPELESS: u32 = 4;
/// How long a preview that nobody waits for any more may go on before its worker is killed. Most
/// are done by then, and what the worker keeps of the picture is worth more than the time.
const GRACE: Duration = Duration::from_millis(300);
/// A worker that was idle for so long before it died was started well.
const PROBATION: Duration = Duration::from_secs(2);

/// All places.
pub(crate) struct Pool {
    slots: Vec<Slot>,
    launch: Arc<Launch>,
    limits: Limits,
    start_timeout: Duration,
    jobs_per_worker: u64,
    resident_limit: u64,
    events: EventSender,
    last_worker: u64,
    started: u64,
    /// Why the system gave no means to start a worker, since that was last asked.
    refusal: Option<io::Error>,
}

struct Slot {
    place: Place,
    nice: u8,
    state: State,
    /// Starts that failed, since the last one that did not.
    bad_starts: u32,
}

enum State {
    Down { until: Instant },
    Up(Worker),
}

struct Worker {
    id: WorkerId,
    line: Line,
    process: Option<u32>,
    since: Instant,
    jobs: u64,
    resident_bytes: u64,
    /// The sources of which it keeps pixels.
    kept: Vec<ContentHash>,
    /// Bytes of those pixels.
    kept_bytes: u64,
    /// When its last job ended.
    rests: Instant,
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
        /// Nobody waits for it any more: it may end by itself, until the deadline.
        abandoned: bool,
    },
    Ending {
        why: Why,
        job: Option<JobId>,
    },
}

/// Why a worker is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// A variant, or the start, took too long.
    Timeout,
    /// Nobody waits for its work any more.
    Cancelled,
    /// Its age, or its memory.
    Retired,
    /// It is of another version.
    Unfit,
}

/// A worker that has gone.
#[derive(Debug)]
pub(crate) struct Departure {
    /// The job that it had.
    pub(crate) job: Option<JobId>,
    /// Why it was ended; `None`: it died, or talked nonsense.
    pub(crate) why: Option<Why>,
    pub(crate) obituary: Obituary,
}

impl Pool {
    /// Starts a worker in each place.
    pub(crate) fn new(settings: &Settings, events: EventSender, now: Instant) -> Self {
        let places = settings.workers.max(1);
        let slots = (0..places).map(|index| {
            let kept = index == 0 && places > 1 && settings.keep_place;
            let (place, nice) = match (kept, places) {
                (true, _) => (Place::Kept, 0),
                (false, 1) => (Place::Shared, 0),
                (false, _) => (Place::Shared, settings.eager_nice.min(19)),
            };
            Slot { place, nice, state: State::Down { until: now }, bad_starts: 0 }
        });
        let mut pool = Self {
            slots: slots.collect(),
            launch: Arc::new(Launch::new(settings)),
            limits: settings.limits.clone(),
            start_timeout: settings.start_timeout,
            jobs_per_worker: settings.jobs_per_worker.max(1),
            resident_limit: settings.worker_resident_limit,
            events,
            last_worker: 0,
            started: 0,
            refusal: None,
        };
        pool.refill(now);
        pool
    }

    /// Starts workers in places that are due, and ends those whose time is over.
    pub(crate) fn tick(&mut self, now: Instant) {
        for slot in &mut self.slots {
            let State::Up(worker) = &mut slot.state else { continue };
            let (deadline, job, why) = match worker.stage {
                Stage::Starting { deadline } => (deadline, None, Why::Timeout),
                Stage::Busy { job, deadline, abandoned, .. } => {
                    (deadline, Some(job), if abandoned { Why::Cancelled } else { Why::Timeout })
                }
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
            let events = self.events.clone();
            let report = move |report| {
                let _ = events.send(Event::Worker(id, report));
            };
            let line =
                Line::start(Arc::clone(&self.launch), slot.nice, self.limits.clone(), report);
            let line = match line {
                Ok(line) => line,
                Err(error) => {
                    // No descriptors or threads left: later there may be.
                    slot.bad_starts += 1;
                    slot.state = State::Down { until: now + pause(slot.bad_starts).max(NO_MEANS) };
                    self.refusal = Some(error);
                    continue;
                }
            };
            self.started += 1;
            slot.state = State::Up(Worker {
                id,
                line,
                process: None,
                since: now,
                jobs: 0,
                resident_bytes: 0,
                kept: Vec::new(),
                kept_bytes: 0,
                rests: now,
                stage: Stage::Starting { deadline: now + self.start_timeout },
            });
        }
    }

    /// Why the system gave no means to start a worker, if that has happened since this was asked
    /// last: of such a start nobody reports.
    pub(crate) fn take_refusal(&mut self) -> Option<io::Error> {
        self.refusal.take()
    }

    /// When [`Pool::tick`] has something to do next.
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

    /// Whether a worker in such a place has nothing to do.
    pub(crate) fn has_idle(&self, place: Place) -> bool {
        self.slots.iter().any(|slot| slot.is_idle(place))
    }

    /// Gives a job to an idle worker in such a place.
    pub(crate) fn assign(&mut self, place: Place, id: JobId, job: &Job, now: Instant) {
        let allowance = self.allowance();
        let proxy = job.proxy();
        let idle = self.slots.iter().enumerate().filter_map(|(index, slot)| match &slot.state {
            State::Up(worker) if slot.is_idle(place) => Some((index, worker.kept.as_slice())),
            _ => None,
        });
        let best = affinity::best(idle, proxy);
        let slot = best.and_then(|index| self.slots.get_mut(index));
        if let Some(State::Up(worker)) = slot.map(|slot| &mut slot.state) {
            worker.line.assign(Assignment::new(id, job, &self.limits));
            let deadline = now + allowance;
            let class = job.class;
            worker.stage = Stage::Busy { job: id, class, deadline, proxy, abandoned: false };
        }
    }

    /// Where the pixels of a source are that previews could start from.
    pub(crate) fn holder(&self, source: ContentHash) -> Holder {
        let views = self.slots.iter().filter_map(|slot| {
            let State::Up(worker) = &slot.state else { return None };
            let occupation = match &worker.stage {
                Stage::Idle => Occupation::Idle,
                Stage::Busy { proxy: Some(proxy), .. } => Occupation::Preview(*proxy),
                _ => Occupation::Other,
            };
            Some(View { place: slot.place, occupation, kept: &worker.kept })
        });
        affinity::holder(views, source)
    }

    /// A worker's part of a job is done: the time for the next one starts.
    pub(crate) fn progress(&mut self, id: WorkerId, now: Instant) {
        let allowance = self.allowance();
        if let Some(Worker { stage: Stage::Busy { deadline, abandoned: false, .. }, .. }) =
            self.worker(id)
        {
            *deadline = now + allowance;
        }
    }

    /// A worker has said what it is.
    pub(crate) fn ready(&mut self, id: WorkerId, fit: bool, now: Instant) {
        if let Some(worker) = self.worker(id)
            && matches!(worker.stage, Stage::Starting { .. })
        {
            if fit {
                worker.stage = Stage::Idle;
                worker.since = now;
            } else {
                worker.end(Why::Unfit, None);
            }
        }
    }

    /// A worker has finished a job; what it holds now, where that is known. Returns whether it is
    /// retired.
    pub(crate) fn done(&mut self, id: WorkerId, holdings: Option<Holdings>, now: Instant) -> bool {
        let (most_jobs, most_bytes) = (self.jobs_per_worker, self.resident_limit);
        let Some(slot) = self.slot(id) else { return false };
        slot.bad_starts = 0;
        let State::Up(worker) = &mut slot.state else { return false };
        worker.jobs += 1;
        worker.rests = now;
        if let Some(holdings) = holdings {
            worker.kept_bytes = holdings.kept_bytes;
            worker.resident_bytes = holdings.resident_bytes;
            worker.kept = holdings.proxies;
        }
        if !matches!(worker.stage, Stage::Busy { .. }) {
            return false;
        }
        worker.stage = Stage::Idle;
        let retired = worker.jobs >= most_jobs || worker.resident_bytes > most_bytes;
        if retired {
            worker.end(Why::Retired, None);
        }
        retired
    }

    /// Nobody waits for this job any more: its worker is stopped, at once or, where it makes a
    /// preview, after a while. Either way its last report tells of it.
    pub(crate) fn cancel(&mut self, job: JobId, now: Instant) {
        let found = self.slots.iter_mut().find_map(|slot| match &mut slot.state {
            State::Up(worker) => worker.has(job).then_some(worker),
            State::Down { .. } => None,
        });
        let Some(worker) = found else { return };
        if let Stage::Busy { deadline, proxy: Some(_), abandoned, .. } = &mut worker.stage {
            *deadline = (*deadline).min(now + GRACE);
            *abandoned = true;
        } else {
            worker.end(Why::Cancelled, Some(job));
        }
    }

    /// A process has this number.
    pub(crate) fn started(&mut self, id: WorkerId, process: u32) {
        if let Some(worker) = self.worker(id) {
            worker.process = Some(process);
        }
    }

    /// A worker has gone; its place is filled again, at once unless its workers do not start.
    pub(crate) fn gone(
        &mut self,
        id: WorkerId,
        obituary: Obituary,
        now: Instant,
    ) -> Option<Departure> {
        let slot = self.slot(id)?;
        let State::Up(worker) = &slot.state else { return None };
        let (why, job, bad_start) = match worker.stage {
            Stage::Starting { .. } => (None, None, true),
            Stage::Idle => (None, None, now.duration_since(worker.since) < PROBATION),
            Stage::Busy { job, .. } => (None, Some(job), false),
            Stage::Ending { why, job } => {
                let starting = worker.jobs == 0 && job.is_none();
                let bad = starting && matches!(why, Why::Timeout | Why::Unfit);
                (Some(why), job, bad)
            }
        };
        slot.bad_starts = if bad_start { slot.bad_starts + 1 } else { 0 };
        slot.state = State::Down { until: now + pause(slot.bad_starts) };
        self.refill(now);
        Some(Departure { job, why, obituary })
    }

    /// Whether no place has a worker and all have tried in vain.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.slots.iter().all(|slot| match &slot.state {
            State::Down { .. } => slot.bad_starts >= HOPELESS,
            State::Up(worker) => {
                slot.bad_starts >= HOPELESS && matches!(worker.stage, Stage::Starting { .. })
            }
        })
    }

    /// Whether the version of a worker fits.
    pub(crate) fn fits(description: &Description) -> bool {
        use cropmark_rules::protocol::{PIXEL_VERSION, PROTOCOL_VERSION};
        description.protocol == PROTOCOL_VERSION && description.pixels == PIXEL_VERSION
    }

    /// Ends all workers; none is started again. Their last reports still come.
    pub(crate) fn stop(&mut self) -> usize {
        let slots = std::mem::take(&mut self.slots);
        slots.iter().filter(|slot| matches!(slot.state, State::Up(_))).count()
    }

    /// Worker processes started so far.
    pub(crate) fn starts(&self) -> u64 {
        self.started
    }

    /// Jobs of a class that run.
    pub(crate) fn running(&self, of: Class) -> usize {
        let runs = |slot: &&Slot| {
            matches!(&slot.state, State::Up(Worker { stage: Stage::Busy { class, .. }, .. })
                if *class == of)
        };
        self.slots.iter().filter(runs).count()
    }

    /// The jobs that run and that somebody waits for.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = JobId> {
        self.slots.iter().filter_map(|slot| match &slot.state {
            State::Up(Worker { stage: Stage::Busy { job, abandoned: false, .. }, .. }) => {
                Some(*job)
            }
            _ => None,
        })
    }

    /// Bytes of the pixels that workers keep from one preview to the next. Those of one that is
    /// being ended are as good as given back.
    pub(crate) fn kept_bytes(&self) -> u64 {
        let bytes = self.slots.iter().map(|slot| match &slot.state {
            State::Up(Worker { stage: Stage::Ending { .. }, .. }) | State::Down { .. } => 0,
            State::Up(worker) => worker.kept_bytes,
        });
        bytes.fold(0, u64::saturating_add)
    }

    /// Replaces idle workers that keep pixels, those that were not used for longest first, until
    /// so many bytes are given back; none where that cannot be. Returns how many were replaced.
    pub(crate) fn shed(&mut self, bytes: u64) -> u64 {
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
        keeping.sort_by_key(|worker| worker.rests);
        let (mut given_back, mut replaced) = (0_u64, 0);
        for worker in keeping {
            if given_back >= bytes {
                break;
            }
            given_back = given_back.saturating_add(worker.kept_bytes);
            replaced += 1;
            worker.end(Why::Retired, None);
        }
        replaced
    }

    /// The state of every place.
    pub(crate) fn snapshot(&self) -> Vec<WorkerSnapshot> {
        self.slots.iter().map(Slot::snapshot).collect()
    }

    /// How long a worker may be silent: the limit, and a little, so that a worker that keeps
    /// the limit itself can say so.
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
    fn is_idle(&self, place: Place) -> bool {
        let idle = matches!(&self.state, State::Up(Worker { stage: Stage::Idle, .. }));
        self.place == place && idle
    }

    fn snapshot(&self) -> WorkerSnapshot {
        let kept = self.place == Place::Kept;
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
    fn has(&self, wanted: JobId) -> bool {
        matches!(self.stage, Stage::Busy { job, .. } if job == wanted)
    }

    /// Cuts the line; the process is killed, and its last report comes.
    fn end(&mut self, why: Why, job: Option<JobId>) {
        self.stage = Stage::Ending { why, job };
        self.line.cut();
    }
}

/// How long a place stays empty after so many bad starts: the first costs nothing.
fn pause(bad_starts: u32) -> Duration {
    match bad_starts {
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
}
