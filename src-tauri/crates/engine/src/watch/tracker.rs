//! The state of a watch: what was told of each file, and what is different but not quiet yet.
//! Pure: what was seen and when come in, what to tell goes out.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::Change;

/// By what a change is noticed: never the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    /// Bytes.
    pub(super) size: u64,
    /// Nanoseconds since 1970 of the last change.
    pub(super) modified_ns: i64,
    /// The file's number on its disk.
    pub(super) inode: u64,
}

/// What a look at a file, or at a folder with all that is below it, has shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct View {
    /// Where the look was directed; empty: at everything.
    pub(super) under: PathBuf,
    /// The files that are there.
    pub(super) files: BTreeMap<PathBuf, Stamp>,
    /// Where nothing could be seen.
    pub(super) unreadable: Vec<PathBuf>,
}

/// A look at a file that should be quiet by now.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) path: PathBuf,
    /// `None`: it is not there.
    pub(super) seen: Option<Stamp>,
    /// Whether somebody holds it for writing.
    pub(super) is_held: bool,
}

/// What is different from what was told, and since when it stays the same.
#[derive(Debug, Clone, Copy)]
struct Pending {
    seen: Option<Stamp>,
    since: Instant,
}

#[derive(Debug)]
pub(super) struct Tracker {
    settle: Duration,
    known: BTreeMap<PathBuf, Stamp>,
    pending: BTreeMap<PathBuf, Pending>,
}

impl Tracker {
    pub(super) fn new(settle: Duration) -> Self {
        Self { settle, known: BTreeMap::new(), pending: BTreeMap::new() }
    }

    /// Takes in what was seen. What is known below the place and was not seen there is gone.
    pub(super) fn observe(&mut self, view: &View, now: Instant) {
        let is_missing = |path: &&PathBuf| {
            !view.files.contains_key(*path)
                && !view.unreadable.iter().any(|unreadable| path.starts_with(unreadable))
        };
        let mut missing: Vec<PathBuf> =
            below(&self.known, &view.under).filter(is_missing).cloned().collect();
        missing.extend(below(&self.pending, &view.under).filter(is_missing).cloned());
        for path in missing {
            self.see(path, None, now);
        }
        for (path, stamp) in &view.files {
            self.see(path.clone(), Some(*stamp), now);
        }
    }

    fn see(&mut self, path: PathBuf, seen: Option<Stamp>, now: Instant) {
        if self.pending.get(&path).is_some_and(|pending| pending.seen == seen) {
            return;
        }
        if self.known.get(&path).copied() == seen {
            // As it was told: whatever was between is over.
            self.pending.remove(&path);
        } else {
            self.pending.insert(path, Pending { seen, since: now });
        }
    }

    /// When there is something to look at again.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.pending.values().map(|pending| pending.since + self.settle).min()
    }

    /// What has been the same for long enough, as far as was seen: to be looked at once more.
    pub(super) fn due(&self, now: Instant) -> Vec<PathBuf> {
        let is_due = |pending: &Pending| pending.since + self.settle <= now;
        let due = self.pending.iter().filter(|(_, pending)| is_due(pending));
        due.map(|(path, _)| path.clone()).collect()
    }

    /// Takes in those looks; returns what is to be told, in the order of the paths, those that
    /// are gone last.
    pub(super) fn settle(&mut self, looks: Vec<Look>, now: Instant) -> Vec<Change> {
        let mut gone: HashMap<Stamp, Vec<PathBuf>> = HashMap::new();
        let mut come = Vec::new();
        for Look { path, seen, is_held } in looks {
            if is_held {
                self.pending.insert(path, Pending { seen, since: now });
                continue;
            }
            self.see(path.clone(), seen, now);
            let is_quiet = |pending: &Pending| pending.since + self.settle <= now;
            if !self.pending.get(&path).is_some_and(is_quiet) {
                continue;
            }
            self.pending.remove(&path);
            let before = self.known.remove(&path);
            if let Some(stamp) = seen {
                self.known.insert(path.clone(), stamp);
            }
            match (before, seen) {
                (Some(_), Some(_)) => come.push((None, Change::Changed(path))),
                (None, Some(stamp)) => come.push((Some(stamp), Change::Appeared(path))),
                (Some(stamp), None) => gone.entry(stamp).or_default().push(path),
                (None, None) => {}
            }
        }
        let mut told: Vec<Change> = Vec::with_capacity(come.len());
        for (stamp, change) in come {
            let from = stamp.and_then(|stamp| gone.get_mut(&stamp)?.pop());
            told.push(match (from, change) {
                (Some(from), Change::Appeared(to)) => Change::Renamed { from, to },
                (_, change) => change,
            });
        }
        let mut gone: Vec<PathBuf> = gone.into_values().flatten().collect();
        gone.sort();
        told.extend(gone.into_iter().map(Change::Gone));
        told
    }
}

/// The paths at and below this one. Paths are ordered by their components, so that they lie
/// side by side.
fn below<'a, T>(
    map: &'a BTreeMap<PathBuf, T>,
    under: &'a Path,
) -> impl Iterator<Item = &'a PathBuf> {
    let from = (Bound::Included(under), Bound::Unbounded);
    map.range::<Path, _>(from).map(|(path, _)| path).take_while(move |path| path.starts_with(under))
}

#[cfg(test)]
#[path = "tracker_tests.rs"]
mod tests;
