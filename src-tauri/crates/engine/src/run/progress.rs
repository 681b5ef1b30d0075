//! How far a run is.

use std::time::Instant;

use cropmark_store::{RunId, RunState, Store, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    item::read,
    row::{Row, Status},
};

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunProgress {
    /// Where it stands.
    pub state: RunState,
    /// Why it is paused or was cancelled, for people.
    pub reason: Option<String>,
    /// Sources in all.
    pub sources: u64,
    /// Sources whose variants are known.
    pub planned_sources: u64,
    /// Rows known so far.
    pub planned: u64,
    /// Rows in all, once every source is planned.
    pub total: Option<u64>,
    /// Rows with [`Status::Rendered`].
    pub rendered: u64,
    /// Rows with [`Status::Cached`].
    pub cached: u64,
    /// Rows with [`Status::Skipped`].
    pub skipped: u64,
    /// Rows with [`Status::Failed`].
    pub failed: u64,
    /// Those of them that [may go better](Row::is_retriable) when they are tried again.
    pub retriable: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Seconds of work so far, pauses aside.
    pub seconds: f64,
}

impl RunProgress {
    /// Of a run of which nothing is done yet.
    pub(super) fn new(state: RunState, sources: u64) -> Self {
        Self {
            state,
            reason: None,
            sources,
            planned_sources: 0,
            planned: 0,
            total: None,
            rendered: 0,
            cached: 0,
            skipped: 0,
            failed: 0,
            retriable: 0,
            bytes: 0,
            seconds: 0.0,
        }
    }

    /// The sums that were noted beside a run; `None` where another Cropmark counted others.
    pub(super) fn noted(summary: &Value) -> Option<Self> {
        read(summary)
    }

    /// The seconds of work that were noted: the one sum that does not follow from the items.
    pub(super) fn noted_seconds(summary: &Value) -> f64 {
        summary.get("seconds").and_then(Value::as_f64).unwrap_or(0.0)
    }

    /// Rows that have an end.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.rendered + self.cached + self.skipped + self.failed
    }

    pub(super) fn add(&mut self, row: &Row) {
        match row.status {
            Status::Rendered => self.rendered += 1,
            Status::Cached => self.cached += 1,
            Status::Skipped => self.skipped += 1,
            Status::Failed => self.failed += 1,
        }
        if matches!(row.status, Status::Rendered | Status::Cached) {
            self.bytes += row.bytes.unwrap_or(0);
        }
        self.retriable += u64::from(row.is_retriable());
    }

    /// Takes the sums of a run from the store.
    pub(super) fn count(&mut self, store: &Store, id: RunId) -> Result<(), StoreError> {
        let sums = store.run_sums(id)?;
        *self = Self {
            reason: self.reason.clone(),
            planned_sources: sums.planned_sources,
            planned: sums.items,
            total: (sums.planned_sources == sums.sources).then_some(sums.items),
            rendered: sums.rendered,
            cached: sums.cached,
            skipped: sums.skipped,
            failed: sums.failed,
            retriable: sums.retriable,
            bytes: sums.bytes,
            seconds: self.seconds,
            ..Self::new(self.state, sums.sources)
        };
        Ok(())
    }
}

/// Measures the time of work.
#[derive(Debug)]
pub(super) struct Stopwatch {
    before: f64,
    since: Option<Instant>,
}

impl Stopwatch {
    pub(super) fn new(before: f64) -> Self {
        Self { before, since: None }
    }

    pub(super) fn start(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    pub(super) fn stop(&mut self) {
        self.before = self.seconds();
        self.since = None;
    }

    pub(super) fn seconds(&self) -> f64 {
        self.before + self.since.map_or(0.0, |since| since.elapsed().as_secs_f64())
    }
}
