//! When the next reconcile is due. Pure: the time is an argument.

use std::time::{Duration, Instant};

/// The most part of the time that is spent walking is one in this many.
const SHARE: u32 = 10;

/// When everything is looked at.
#[derive(Debug)]
pub(super) struct Schedule {
    interval: Duration,
    /// The least time between two walks that something hurried.
    breather: Duration,
    ended: Instant,
    took: Duration,
    due: Instant,
}

impl Schedule {
    /// The first reconcile is due at once.
    pub(super) fn new(interval: Duration, breather: Duration, now: Instant) -> Self {
        Self { interval, breather, ended: now, took: Duration::ZERO, due: now }
    }

    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// A reconcile has ended.
    pub(super) fn done(&mut self, began: Instant, ended: Instant) {
        self.took = ended.saturating_duration_since(began);
        self.ended = ended;
        self.due = ended + self.interval.max(self.took * SHARE);
    }

    /// Events were lost: as soon as possible, but not one walk after the other.
    pub(super) fn hurry(&mut self) {
        self.due = self.due.min(self.ended + self.breather.max(self.took));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reconciles_come_in_their_interval_sooner_when_hurried_and_not_all_the_time() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let (interval, breather) = (Duration::from_secs(10), Duration::from_millis(500));
        let mut schedule = Schedule::new(interval, breather, start);
        assert_eq!(schedule.due(), start);
        schedule.done(at(0), at(100));
        assert_eq!(schedule.due(), at(10_100));
        schedule.hurry();
        assert_eq!(schedule.due(), at(600));
        schedule.hurry();
        assert_eq!(schedule.due(), at(600), "hurried twice is hurried once");
        schedule.done(at(1000), at(3000));
        assert_eq!(schedule.due(), at(23_000), "a slow walk comes less often");
        schedule.hurry();
        assert_eq!(schedule.due(), at(5000));
    }
}
