//! The record of a run: its items as they are planned, begun, given names, and ended. Where the run
//! is not recorded, nothing is written.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{self, Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

use cropmark_rules::{ContentHash, Fault, FaultCode};
use cropmark_store::{DoneItem, ItemEnd, ItemResult, SourcePlan, Store, StoreError};

use super::{
    item::{ItemSpec, SourceFacts, StoredReport, value},
    plan::{RunOrigin, RunPlan},
    row::{Row, RowReport, Status},
    stored_run::StoredRun,
};

/// Writes down what becomes of a run's items. Each method may wait for the disk.
#[derive(Debug)]
pub(super) struct Recorder {
    stored: Option<StoredRun>,
    /// Whether the record had no space left and the run goes on without it.
    is_lost: AtomicBool,
    /// Where the run's files go.
    destination: PathBuf,
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
    pub(super) fn new(stored: Option<StoredRun>, destination: &Path) -> Self {
        let (is_lost, destination) = (AtomicBool::new(false), destination.to_owned());
        Self { stored, is_lost, destination, next: AtomicU32::new(0) }
    }

    /// The run in the store, if it is there; what was lost of its record aside.
    pub(super) fn stored(&self) -> Option<&StoredRun> {
        self.stored.as_ref()
    }

    /// The run in the store, if what becomes of it is still written down.
    pub(super) fn recorded(&self) -> Option<&StoredRun> {
        self.stored.as_ref().filter(|_| !self.is_lost())
    }

    /// Whether the record had no space left and the run goes on without it.
    pub(super) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }

    /// Passes on what came of writing; `None` where a run goes on without a record from now on.
    fn written<T>(&self, written: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match written {
            Err(error)
                if self.stored.as_ref().is_some_and(|run| {
                    may_go_on_without(&run.plan, &run.store, &self.destination, &error)
                }) =>
            {
                if !self.is_lost.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        "{error}. The run goes on without a record: should it be interrupted, the \
                         same command compares what is there instead"
                    );
                }
                Ok(None)
            }
            other => other.map(Some),
        }
    }

    /// Writes down the items of sources, and what was found out about them; returns the position
    /// of the first item of each.
    pub(super) fn plan(&self, plans: &[NewPlan]) -> Result<Vec<u32>, StoreError> {
        let counted = || {
            let position = |plan: &NewPlan| {
                let count = u32::try_from(plan.items.len()).unwrap_or(u32::MAX);
                self.next.fetch_add(count, Ordering::Relaxed)
            };
            plans.iter().map(position).collect()
        };
        let Some(StoredRun { store, id, .. }) = self.recorded() else { return Ok(counted()) };
        let sources = plans.iter().map(|NewPlan { source, facts, items }| SourcePlan {
            source: *source,
            facts: facts.as_ref().and_then(value),
            specs: items.iter().filter_map(value).collect(),
        });
        let firsts = self.written(store.plan_run_sources(*id, sources.collect()))?;
        Ok(firsts.unwrap_or_else(counted))
    }

    /// Notes that work on these items begins.
    pub(super) fn start(&self, positions: Vec<u32>) -> Result<(), StoreError> {
        match self.recorded() {
            Some(StoredRun { store, id, .. }) if !positions.is_empty() => {
                self.written(store.set_items_running(*id, positions)).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// Notes which names files are about to get, and the rows that will then be reported.
    pub(super) fn intend(&self, intended: Vec<(u32, DoneItem)>) -> Result<(), StoreError> {
        match self.recorded() {
            Some(StoredRun { store, id, .. }) => {
                self.written(store.intend_items(*id, intended)).map(|_| ())
            }
            None => Ok(()),
        }
    }

    /// Writes down what became of items, durably: it can be reported then.
    pub(super) fn finish(&self, ends: &[(u32, RowReport)]) -> Result<(), StoreError> {
        let Some(StoredRun { store, id, .. }) = self.recorded() else { return Ok(()) };
        if ends.is_empty() {
            return Ok(());
        }
        let ends = ends.iter().map(|(position, report)| (*position, end(report)));
        self.written(store.finish_items(*id, ends.collect())).map(|_| ())
    }

    /// Writes down what was found out about a source.
    pub(super) fn set_facts(&self, source: u32, facts: &SourceFacts) -> Result<(), StoreError> {
        match self.recorded() {
            Some(run) => self.written(run.set_facts(source, facts)).map(|_| ()),
            None => Ok(()),
        }
    }
}

/// Whether a run goes on after an error of its record: the command line's, where only the record's
/// disk is full. In the window the record is all that is shown of a run.
pub(super) fn may_go_on_without(
    plan: &RunPlan,
    store: &Store,
    destination: &Path,
    error: &StoreError,
) -> bool {
    let disk = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    plan.origin == RunOrigin::Command
        && error.is_disk_full()
        && disk(store.layout().root()) != disk(destination)
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
