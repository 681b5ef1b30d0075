//! The events of a run, and its progress.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, watch};

use super::{
    progress::{RunProgress, Stopwatch},
    row::Row,
};

/// What happened in a run.
#[derive(Debug, Clone, PartialEq)]
pub enum RunEvent {
    /// An item has an end, which is on the disk where the run is recorded; if it has a file, the
    /// file is final.
    Row {
        /// Its position in the run.
        position: u32,
        /// What became of it.
        row: Box<Row>,
    },
    /// No more rows of one of the sources will come.
    SourceDone,
}

/// Where rows and progress are reported.
#[derive(Debug, Clone)]
pub(super) struct RunEvents {
    pub(super) events: mpsc::Sender<RunEvent>,
    pub(super) progress: watch::Sender<RunProgress>,
    pub(super) stopwatch: Arc<Mutex<Stopwatch>>,
}

impl RunEvents {
    /// Changes the sums, and the time with them.
    pub(super) fn update(&self, change: impl FnOnce(&mut RunProgress)) {
        let seconds = self.stopwatch().seconds();
        self.progress.send_modify(|progress| {
            change(progress);
            progress.seconds = seconds;
        });
    }

    pub(super) fn stopwatch(&self) -> MutexGuard<'_, Stopwatch> {
        self.stopwatch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
