//! The record of a run: its items as they are planned, begun, given names, and ended. Where the run
//! is not recorded, nothing is written.

use std::{
    path::{self, Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use cropmark_rules::{ContentHash, Fault, FaultCode};
use cropmark_store::{DoneItem, ItemEnd, ItemResult, SourcePlan, StoreError};

use super::{
    item::{ItemSpec, SourceFacts, StoredReport, value},
    row::{Row, RowReport, Status},
    stored_run::StoredRun,
};

/// Writes down what becomes of a run's items. Each method may wait for the disk.
#[derive(Debug)]
pub(super) struct Recorder {
    stored: Option<StoredRun>,
    /// The position of the next item, where the store does not count them.
    next: AtomicU32,
}

/// What is planned for a source.
pub(super) struct NewPlan {
    pub(super) source: u32,
    /// `None` where it could not be taken in.
    pub(super) facts: Option<SourceFacts>,
    pub(super) items: Vec<ItemSpec>,
}

impl Recorder {
    /// Records in the store where there is a stored run, else nowhere.
    pub(super) fn new(stored: Option<StoredRun>) -> Self {
        Self { stored, next: AtomicU32::new(0) }
    }

    /// The run in the store, if it is recorded.
    pub(super) fn stored(&self) -> Option<&StoredRun> {
        self.stored.as_ref()
    }

    /// Writes down the items of sources, and what was found out about them; returns the position
    /// of the first item of each.
    pub(super) fn plan(&self, plans: &[NewPlan]) -> Result<Vec<u32>, StoreError> {
        let Some(StoredRun { store, id, .. }) = &self.stored else {
            let position = |plan: &NewPlan| {
                let count = u32::try_from(plan.items.len()).unwrap_or(u32::MAX);
                self.next.fetch_add(count, Ordering::Relaxed)
            };
            return Ok(plans.iter().map(position).collect());
        };
        let plans = plans.iter().map(|NewPlan { source, facts, items }| SourcePlan {
            source: *source,
            facts: facts.as_ref().and_then(value),
            specs: items.iter().filter_map(value).collect(),
        });
        store.plan_run_sources(*id, plans.collect())
    }

    /// Notes that work on these items begins.
    pub(super) fn start(&self, positions: Vec<u32>) -> Result<(), StoreError> {
        match &self.stored {
            Some(StoredRun { store, id, .. }) if !positions.is_empty() => {
                store.set_items_running(*id, positions)
            }
            _ => Ok(()),
        }
    }

    /// Notes which names files are about to get, and the rows that will then be reported.
    pub(super) fn intend(&self, intended: Vec<(u32, DoneItem)>) -> Result<(), StoreError> {
        match &self.stored {
            Some(StoredRun { store, id, .. }) => store.intend_items(*id, intended),
            None => Ok(()),
        }
    }

    /// Writes down what became of items, durably: it can be reported then.
    pub(super) fn finish(&self, ends: &[(u32, RowReport)]) -> Result<(), StoreError> {
        let Some(StoredRun { store, id, .. }) = &self.stored else { return Ok(()) };
        if ends.is_empty() {
            return Ok(());
        }
        store.finish_items(
            *id,
            ends.iter().map(|(position, report)| (*position, end(report))).collect(),
        )
    }
}

fn end(report: &RowReport) -> ItemEnd {
    let RowReport { row, path, hash } = report;
    if row.status == Status::Failed {
        let unknown = || Fault::new(FaultCode::Crashed, "It failed. Try again.");
        let fault = row.error.clone().unwrap_or_else(unknown);
        return ItemEnd::Failed { fault, report: StoredReport::of(row) };
    }
    ItemEnd::Done(done_item(row, path.as_deref(), *hash))
}

/// What the store notes of an item that is done, or about to be.
pub(super) fn done_item(row: &Row, path: Option<&Path>, hash: Option<ContentHash>) -> DoneItem {
    DoneItem {
        path: path.map(absolute),
        hash,
        result: match row.status {
            Status::Rendered => ItemResult::Rendered,
            Status::Cached => ItemResult::Cached,
            Status::Skipped | Status::Failed => ItemResult::Skipped,
        },
        bytes: row.bytes,
        report: StoredReport::of(row),
    }
}

/// A path that means the same in a process that was started elsewhere.
fn absolute(path: &Path) -> PathBuf {
    path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
