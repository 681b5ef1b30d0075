//! What became of items: written durably, many at once, and only then told.

use std::{
    path::{self, Path},
    sync::{Arc, Mutex, PoisonError},
};

use cropmark_rules::{ContentHash, Fault, FaultCode};
use cropmark_store::{ItemEnd, RunId, Store, StoreError};
use tokio::sync::{mpsc, watch};

use super::{
    super::{Row, Status, prepare::blocking, shared::Told},
    RunProgress, RunReport,
    progress::Stopwatch,
    spec::StoredReport,
};

/// Ends that wait to be written.
const WAITING: usize = 512;
/// Ends that are written at once.
const AT_ONCE: usize = 256;

/// Something to write and tell.
pub(in super::super) enum Recording {
    /// An item came to its end.
    Item {
        /// Which.
        position: u32,
        /// What became of it.
        told: Box<Told>,
    },
    /// Nothing more comes about one of the sources.
    SourceDone,
}

/// Where tasks put what became of items.
#[derive(Debug)]
pub(in super::super) struct Recorder {
    store: Store,
    id: RunId,
    ends: mpsc::Sender<Recording>,
}

impl Recorder {
    pub(in super::super) async fn tell(&self, recording: Recording) {
        // Where nobody writes any more, the run halts: its items are still to do.
        let _ = self.ends.send(recording).await;
    }

    pub(in super::super) fn tell_blocking(&self, recording: Recording) {
        let _ = self.ends.blocking_send(recording);
    }

    pub(in super::super) fn intend(
        &self,
        position: u32,
        path: &Path,
        hash: ContentHash,
        row: &Row,
    ) -> Result<(), StoreError> {
        let report = StoredReport::of(row);
        self.store.intend_item(self.id, position, &absolute(path), Some(hash), report)
    }
}

/// Where rows and sums are told.
#[derive(Debug, Clone)]
pub(super) struct Outlet {
    pub(super) reports: mpsc::Sender<RunReport>,
    pub(super) progress: watch::Sender<RunProgress>,
    pub(super) stopwatch: Arc<Mutex<Stopwatch>>,
}

impl Outlet {
    /// Changes the sums, and the time with them.
    pub(super) fn update(&self, change: impl FnOnce(&mut RunProgress)) {
        let seconds = self.stopwatch.lock().unwrap_or_else(PoisonError::into_inner).seconds();
        self.progress.send_modify(|progress| {
            change(progress);
            progress.seconds = seconds;
        });
    }
}

/// A recorder, and what writes what it takes until all its handles are gone; that gives back the
/// reason where it had to give up.
pub(super) fn recorder(
    store: &Store,
    id: RunId,
    outlet: Outlet,
) -> (Recorder, impl Future<Output = Option<String>> + use<>) {
    let (ends, received) = mpsc::channel(WAITING);
    let recorder = Recorder { store: store.clone(), id, ends };
    (recorder, write(store.clone(), id, outlet, received))
}

async fn write(
    store: Store,
    id: RunId,
    outlet: Outlet,
    mut received: mpsc::Receiver<Recording>,
) -> Option<String> {
    let mut batch = Vec::new();
    while received.recv_many(&mut batch, AT_ONCE).await > 0 {
        let mut ends = Vec::new();
        let mut reports = Vec::new();
        for recording in batch.drain(..) {
            match recording {
                Recording::Item { position, told } => {
                    ends.push((position, end(&told)));
                    reports.push(RunReport::Row { position, row: Box::new(told.row) });
                }
                Recording::SourceDone => reports.push(RunReport::SourceDone),
            }
        }
        if !ends.is_empty() {
            let keeper = store.clone();
            let written = blocking(move || Ok(keeper.finish_items(id, ends))).await;
            let reason = match written {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(fault) => Some(fault.message),
            };
            if reason.is_some() {
                return reason;
            }
        }
        outlet.update(|progress| {
            for report in &reports {
                if let RunReport::Row { row, .. } = report {
                    progress.add(row);
                }
            }
        });
        for report in reports {
            // Where nobody listens the work goes on.
            let _ = outlet.reports.send(report).await;
        }
    }
    None
}

fn end(told: &Told) -> ItemEnd {
    let report = StoredReport::of(&told.row);
    if told.row.status == Status::Failed {
        let unknown = || Fault::new(FaultCode::Crashed, "It failed. Try again.");
        let fault = told.row.error.clone().unwrap_or_else(unknown);
        return ItemEnd::Failed { fault, report };
    }
    ItemEnd::Done { path: told.path.as_deref().map(absolute), hash: told.hash, report }
}

/// A path that means the same in a process that was started elsewhere.
fn absolute(path: &Path) -> path::PathBuf {
    path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
