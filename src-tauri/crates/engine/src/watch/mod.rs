//! Watching a workspace: what appears, changes, moves or goes among its files.
//!
//! The system's events are a hint: they mark paths to look at, in a queue of bounded length; where
//! it overflows, or events were lost or failed, everything is looked at. The truth is the
//! reconcile, a walk that compares each file's size, time and inode with what was told before.
//! It comes every [`WatchSettings::interval`] (10 s unless set otherwise; where a walk takes
//! longer than a tenth of that, after ten times as long as the walk took). A change of which no
//! event tells is therefore reported within that interval, the walk and the settling time.
//!
//! A file counts once it is quiet: the same for [`WatchSettings::settle`], and locked by nobody
//! who writes. Hidden names, Cropmark's own folder, the folders of results and names of
//! unfinished downloads never trigger. Folders behind symbolic links are not watched.
//!
//! What to tell is decided in `tracker`, which does no I/O and asks for no time.

mod hints;
mod locks;
mod scan;
mod schedule;
mod scope;
mod survey;
mod task;
mod tracker;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

pub use survey::{SeenFile, survey};
use tokio::{sync::mpsc, task::JoinHandle};

/// Reports that wait to be taken; while they do, hints gather.
const WAITING_REPORTS: usize = 4;

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
    /// The most marked paths; more become one look at everything. Default: 4,096.
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

/// What a watch tells.
#[derive(Debug)]
pub enum Report {
    /// These files are quiet, and different from what was told before. The first ones are all
    /// files that are there.
    Changes(Vec<Change>),
    /// The watch goes on, but not as well as it should.
    Trouble(Trouble),
}

/// Why a watch is not as good as it should be. `Display` is a sentence for people.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The system watches no more folders.
    #[error(
        "the system's limit of watched folders is reached, so that changes are only found by \
         looking every {} s; raise the number in /proc/sys/fs/inotify/max_user_watches",
        .0.as_secs_f64()
    )]
    TooManyFolders(Duration),
    /// The system does not tell of changes, or not of all.
    #[error(
        "the system does not tell of all changes ({reason}), so that some are only found by \
         looking every {} s; where the number of watchers is the reason, raise it in \
         /proc/sys/fs/inotify/max_user_instances",
        interval.as_secs_f64()
    )]
    NoEvents {
        /// Why.
        reason: String,
        /// The time between two looks.
        interval: Duration,
    },
    /// A folder cannot be read; what was in it counts as unchanged.
    #[error("{} cannot be read and is not watched; check that it is there, and its permissions", .0.display())]
    Unreadable(PathBuf),
}

/// A workspace that is being watched, until this is dropped.
#[derive(Debug)]
pub struct Watch {
    reports: mpsc::Receiver<Report>,
    task: JoinHandle<()>,
}

impl Watch {
    /// Begins to watch. Must be called within a runtime.
    ///
    /// # Errors
    /// Where the folder is not there or cannot be looked at.
    pub fn start(settings: WatchSettings) -> io::Result<Self> {
        let scope = scope::Scope::new(&settings.root, &settings.excluded)?;
        let (sender, reports) = mpsc::channel(WAITING_REPORTS);
        let task = tokio::spawn(task::run(scope, settings, sender));
        Ok(Self { reports, task })
    }

    /// Waits for the next report. Safe to drop half-way, as in `select!`. `None` once the watch
    /// has failed for good, which only a fault in the program brings about.
    pub async fn next(&mut self) -> Option<Report> {
        self.reports.recv().await
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests;
