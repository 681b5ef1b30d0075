//! Watches a workspace: reports which of its files appear, change, move or disappear.
//!
//! The system's events only mark paths to check, in a queue of bounded length; where it overflows,
//! or events were lost or failed, everything is checked. What counts is the reconcile, a walk that
//! compares each file's size, time and inode with what was reported before. It comes every [`WatchSettings::interval`] (10 s unless set otherwise; where a walk takes
//! longer than a tenth of that, after ten times as long as the walk took). A change without an event is therefore reported within that interval, the walk and the settling time.
//!
//! A file counts once it is quiet: the same for [`WatchSettings::settle`], and not locked for
//! writing. Hidden names, Cropmark's own folder, the folders of results and names of
//! unfinished downloads never trigger. Folders behind symbolic links are not watched.
//!
//! `tracker` decides what to report; it does no I/O and reads no clock.

mod hints;
mod listing;
mod run;
mod scan;
mod schedule;
mod scope;
mod tracker;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

pub use listing::{ListedFile, list_files};
use tokio::{sync::mpsc, task::JoinHandle};

/// Events that wait to be taken; while they do, marks gather.
const WAITING_EVENTS: usize = 4;

/// What is watched, and how.
#[derive(Debug, Clone)]
pub struct WatchSettings {
    /// The workspace.
    pub root: PathBuf,
    /// Folders that are not watched, such as those of results.
    pub excluded: Vec<PathBuf>,
    /// How long a file must stay the same before it counts. Default: 500 ms.
    pub settle: Duration,
    /// The time between two reconciles. Default: 10 s.
    pub interval: Duration,
    /// The most marked paths; more become one walk over everything. Default: 4,096.
    pub marks: usize,
    /// Whether the system's events are listened to at all. Default: yes.
    pub events: bool,
}

impl WatchSettings {
    /// The defaults for this folder.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            excluded: Vec::new(),
            settle: Duration::from_millis(500),
            interval: Duration::from_secs(10),
            marks: 4096,
            events: true,
        }
    }
}

/// What happened to a file. Paths are relative to the workspace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It was not there before.
    Appeared(PathBuf),
    /// It has another content, or was written again.
    Changed(PathBuf),
    /// It is there no longer.
    Gone(PathBuf),
    /// It is the same file under another name. Where this cannot be told, it is one that is
    /// gone and one that has appeared.
    Renamed {
        /// The former path.
        from: PathBuf,
        /// The path now.
        to: PathBuf,
    },
}

/// What a watch reports.
#[derive(Debug)]
pub enum WatchEvent {
    /// These files are quiet, and different from what was reported before. The first event lists
    /// all files that are there.
    Changes(Vec<Change>),
    /// The watch goes on, but finds changes later than it should, or not everywhere.
    Problem(WatchProblem),
}

/// Why a watch finds changes later, or not everywhere. `Display` is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum WatchProblem {
    /// The system watches no more folders.
    #[error(
        "the system's limit of watched folders is reached, so that changes are only found by \
         looking every {} s; raise the number in /proc/sys/fs/inotify/max_user_watches",
        .0.as_secs_f64()
    )]
    TooManyFolders(Duration),
    /// The system reports no changes, or not all.
    #[error(
        "the system does not report all changes ({reason}), so that some are only found by \
         looking every {} s; where the number of watchers is the reason, raise it in \
         /proc/sys/fs/inotify/max_user_instances",
        interval.as_secs_f64()
    )]
    NoEvents {
        /// Why.
        reason: String,
        /// The time between two walks.
        interval: Duration,
    },
    /// A folder cannot be read; what was in it counts as unchanged.
    #[error("{} cannot be read and is not watched; check that it is there, and its permissions", .0.display())]
    Unreadable(PathBuf),
}

/// Watches a workspace until it is dropped.
#[derive(Debug)]
pub struct Watch {
    events: mpsc::Receiver<WatchEvent>,
    task: JoinHandle<()>,
}

impl Watch {
    /// Starts to watch. Must be called within a runtime.
    ///
    /// # Errors
    /// Where the folder is not there or cannot be read.
    pub fn start(settings: WatchSettings) -> io::Result<Self> {
        let scope = scope::Scope::new(&settings.root, &settings.excluded)?;
        let (sender, events) = mpsc::channel(WAITING_EVENTS);
        let task = tokio::spawn(run::run(scope, settings, sender));
        Ok(Self { events, task })
    }

    /// Waits for the next event. Safe to drop half-way, as in `select!`. `None` once the watch
    /// has failed for good, which only a fault in the program brings about.
    pub async fn next(&mut self) -> Option<WatchEvent> {
        self.events.recv().await
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests;
