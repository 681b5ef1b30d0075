//! What becomes of a run's items: written durably, many at once, where the run is recorded, and
//! only then reported.

use std::{
    io,
    path::{self, Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use cropmark_rules::{ContentHash, Fault, FaultCode};
use cropmark_store::{DoneItem, ItemEnd, ItemResult, StoreError};
use tokio::sync::mpsc;

use super::{
    events::{RunEvent, RunEvents},
    item::{ItemSpec, SourceFacts, StoredReport, value},
    row::{Row, RowReport, Status},
    stored_run::{StoredRun, stored},
};

/// Ends that wait to be written.
const WAITING: usize = 512;
/// Ends that are written at once.
const AT_ONCE: usize = 256;

/// What is to be written, and then reported.
enum Unwritten {
    /// An item came to its end.
    Item { position: u32, report: Box<RowReport> },
    /// Nothing more comes about one of the sources.
    SourceDone,
}

/// Takes what becomes of items. With a stored run, it is written down; without, only reported.
#[derive(Debug)]
pub(super) struct Recorder {
    stored: Option<StoredRun>,
    /// The position of the next item, where the store does not count them.
    next: AtomicU32,
    ends: mpsc::Sender<Unwritten>,
}

impl Recorder {
    /// Returns a recorder, and what writes what it takes until all its handles are gone; that
    /// returns the reason where it had to give up.
    pub(super) fn new(
        stored: Option<StoredRun>,
        events: RunEvents,
    ) -> (Self, impl Future<Output = Option<String>> + use<>) {
        let (ends, received) = mpsc::channel(WAITING);
        let writing = write(stored.clone(), events, received);
        (Self { stored, next: AtomicU32::new(0), ends }, writing)
    }

    /// The run in the store, if it is recorded.
    pub(super) fn stored(&self) -> Option<&StoredRun> {
        self.stored.as_ref()
    }

    /// Writes down the items of a source, and what was found out about it; returns the position
    /// of the first. May wait for the disk.
    pub(super) fn plan(
        &self,
        source: u32,
        facts: Option<&SourceFacts>,
        items: &[ItemSpec],
    ) -> Result<u32, StoreError> {
        let Some(StoredRun { store, id, .. }) = &self.stored else {
            let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
            return Ok(self.next.fetch_add(count, Ordering::Relaxed));
        };
        let specs = items.iter().filter_map(value).collect();
        store.plan_run_source(*id, source, facts.and_then(value), specs)
    }

    /// Notes that work on these items begins. May wait for the disk.
    pub(super) fn start(&self, positions: Vec<u32>) -> Result<(), StoreError> {
        match &self.stored {
            Some(StoredRun { store, id, .. }) => store.set_items_running(*id, positions),
            None => Ok(()),
        }
    }

    /// Notes which name a file is about to get, and the row that will then be reported.
    pub(super) fn intend(
        &self,
        position: u32,
        path: &Path,
        hash: ContentHash,
        row: &Row,
    ) -> io::Result<()> {
        let Some(StoredRun { store, id, .. }) = &self.stored else { return Ok(()) };
        let item = done(row, Some(path), Some(hash));
        store.intend_items(*id, vec![(position, item)]).map_err(io::Error::other)
    }

    /// Reports what became of an item. Where nobody listens any more the work goes on: the files
    /// are what counts.
    pub(super) async fn report(&self, position: u32, report: impl Into<RowReport>) {
        let report = Box::new(report.into());
        // Where nobody writes any more, the run halts: its items are still to do.
        let _ = self.ends.send(Unwritten::Item { position, report }).await;
    }

    /// As [`Recorder::report`], from a thread that may wait.
    pub(super) fn report_blocking(&self, position: u32, report: impl Into<RowReport>) {
        let report = Box::new(report.into());
        let _ = self.ends.blocking_send(Unwritten::Item { position, report });
    }

    pub(super) async fn source_done(&self) {
        let _ = self.ends.send(Unwritten::SourceDone).await;
    }
}

async fn write(
    run: Option<StoredRun>,
    events: RunEvents,
    mut received: mpsc::Receiver<Unwritten>,
) -> Option<String> {
    let mut batch = Vec::new();
    while received.recv_many(&mut batch, AT_ONCE).await > 0 {
        let (mut ends, mut told) = (Vec::new(), Vec::new());
        for unwritten in batch.drain(..) {
            match unwritten {
                Unwritten::Item { position, report } => {
                    if run.is_some() {
                        ends.push((position, end(&report)));
                    }
                    told.push(RunEvent::Row { position, row: Box::new(report.row) });
                }
                Unwritten::SourceDone => told.push(RunEvent::SourceDone),
            }
        }
        if let (Some(run), false) = (run.clone(), ends.is_empty())
            && let Err(reason) = stored(move || run.store.finish_items(run.id, ends)).await
        {
            return Some(reason);
        }
        events.update(|progress| {
            for event in &told {
                if let RunEvent::Row { row, .. } = event {
                    progress.add(row);
                }
            }
        });
        for event in told {
            // Where nobody listens the work goes on.
            let _ = events.events.send(event).await;
        }
    }
    None
}

fn end(report: &RowReport) -> ItemEnd {
    let RowReport { row, path, hash } = report;
    if row.status == Status::Failed {
        let unknown = || Fault::new(FaultCode::Crashed, "It failed. Try again.");
        let fault = row.error.clone().unwrap_or_else(unknown);
        return ItemEnd::Failed { fault, report: StoredReport::of(row) };
    }
    ItemEnd::Done(done(row, path.as_deref(), *hash))
}

/// What the store notes of an item that is done, or about to be.
fn done(row: &Row, path: Option<&Path>, hash: Option<ContentHash>) -> DoneItem {
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
