//! A run as the window shows it: its description, progress and rate.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use cropmark_engine::run::{RunPlan, RunProgress, RunRecord};
use cropmark_store::RunState;
use tokio::sync::watch;

use crate::{error::sentence, model};

/// The time that the rate is measured over.
const RATE_WINDOW: Duration = Duration::from_secs(10);

/// The number of the last snapshot.
static LAST_SNAPSHOT: AtomicU64 = AtomicU64::new(0);

/// A run's progress at a moment, with a number that rises with time.
#[derive(Debug)]
pub(super) struct Snapshot {
    number: u64,
    progress: RunProgress,
}

impl Snapshot {
    /// The progress of an open run now.
    pub(super) fn now(progress: &mut watch::Receiver<RunProgress>) -> Self {
        // Numbered while the progress is locked, so that a later state gets a larger number.
        let current = progress.borrow_and_update();
        Self { number: Self::next_number(), progress: current.clone() }
    }

    /// A number that is larger than all before.
    pub(super) fn next_number() -> u64 {
        LAST_SNAPSHOT.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// The unchanging description of a run, and the samples of its rate.
#[derive(Debug)]
pub(super) struct RunDescription {
    id: i64,
    created_ms: i64,
    destination: String,
    generators: Vec<String>,
    samples: Mutex<VecDeque<(Instant, u64)>>,
}

/// A run that is not open here, as the store had it after the number was taken.
pub(super) fn stored(number: u64, record: RunRecord) -> model::RunInfo {
    RunDescription::of(&record).info(&Snapshot { number, progress: record.progress })
}

impl RunDescription {
    pub(super) fn of(record: &RunRecord) -> Self {
        Self {
            id: record.id.0,
            created_ms: record.created_ms,
            destination: record.plan.as_ref().map(destination).unwrap_or_default(),
            generators: record.plan.as_ref().map(generators).unwrap_or_default(),
            samples: Mutex::default(),
        }
    }

    /// The run as the window shows it.
    pub(super) fn info(&self, Snapshot { number, progress }: &Snapshot) -> model::RunInfo {
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let rate = match progress.state {
            RunState::Running => self.rate(Instant::now(), progress.ended()),
            _ => 0.0,
        };
        let left = progress.total.map(|total| total.saturating_sub(progress.ended()));
        #[expect(clippy::cast_precision_loss, reason = "counts of files are small")]
        let eta = left.filter(|_| rate > 0.0).map(|left| left as f64 / rate);
        model::RunInfo {
            id: self.id,
            seen: *number,
            state: match progress.state {
                RunState::Running => model::RunState::Running,
                RunState::Paused => model::RunState::Paused,
                RunState::Cancelled => model::RunState::Cancelled,
                RunState::Done => model::RunState::Done,
            },
            reason: progress.reason.as_deref().map(sentence),
            created_ms: self.created_ms,
            destination: self.destination.clone(),
            generators: self.generators.clone(),
            total: progress.total.map(small),
            rendered: small(progress.rendered),
            cached: small(progress.cached),
            skipped: small(progress.skipped),
            failed: small(progress.failed),
            can_retry: progress.retriable > 0 && progress.state != RunState::Cancelled,
            bytes: progress.bytes,
            seconds: progress.seconds,
            rate,
            eta_seconds: eta,
        }
    }

    /// Files a second over the last ten seconds.
    fn rate(&self, now: Instant, ended: u64) -> f64 {
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples.push_back((now, ended));
        while samples.len() > 2
            && samples.front().is_some_and(|(then, _)| now - *then > RATE_WINDOW)
        {
            samples.pop_front();
        }
        let Some(&(then, before)) = samples.front() else { return 0.0 };
        let seconds = (now - then).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "counts of files are small")]
        let files = ended.saturating_sub(before) as f64;
        if seconds > 0.2 { files / seconds } else { 0.0 }
    }
}

fn destination(plan: &RunPlan) -> String {
    plan.base.join(&plan.destination).to_string_lossy().into_owned()
}

fn generators(plan: &RunPlan) -> Vec<String> {
    let chosen = plan.presets.iter().filter_map(|preset| preset.only.clone());
    chosen.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_seconds() {
        let description = RunDescription {
            id: 1,
            created_ms: 0,
            destination: String::new(),
            generators: Vec::new(),
            samples: Mutex::default(),
        };
        let begin = Instant::now();
        assert!(description.rate(begin, 0).abs() < f64::EPSILON);
        let after = |seconds| begin + Duration::from_secs(seconds);
        assert!((description.rate(after(10), 100) - 10.0).abs() < 1e-9);
        // What was before ten seconds does not count any more.
        assert!((description.rate(after(15), 400) - 60.0).abs() < 1e-9, "it is 300 in 5 s");
    }
}
