//! The state of a watch: what was reported of each file, and what is different but not quiet yet.
//! Pure: listings and times go in, changes to report come out.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::Change;

/// What tells a changed file from an unchanged one, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FileVersion {
    /// Bytes.
    pub(super) size: u64,
    /// Nanoseconds since 1970 of the last change.
    pub(super) modified_ns: i64,
    /// The file's number on its disk.
    pub(super) inode: u64,
}

/// The files at and below a path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// The path; empty: the workspace.
    pub(super) under: PathBuf,
    /// The files that are there.
    pub(super) files: BTreeMap<PathBuf, FileVersion>,
    /// What could not be read.
    pub(super) unreadable: Vec<PathBuf>,
}

/// What a file that should be quiet by now is like.
#[derive(Debug, Clone)]
pub(super) struct Recheck {
    pub(super) path: PathBuf,
    /// `None`: it is not there.
    pub(super) seen: Option<FileVersion>,
    /// Whether it is locked for writing.
    pub(super) is_held: bool,
}

/// What is different from what was reported, and since when it has stayed the same.
#[derive(Debug, Clone, Copy)]
struct Pending {
    seen: Option<FileVersion>,
    since: Instant,
}

#[derive(Debug)]
pub(super) struct Tracker {
    settle: Duration,
    known: BTreeMap<PathBuf, FileVersion>,
    pending: BTreeMap<PathBuf, Pending>,
}

impl Tracker {
    pub(super) fn new(settle: Duration) -> Self {
        Self { settle, known: BTreeMap::new(), pending: BTreeMap::new() }
    }

    /// Takes in a listing. What is known below its path and is not listed is gone.
    pub(super) fn observe(&mut self, listing: &Listing, now: Instant) {
        let is_missing = |path: &&PathBuf| {
            !listing.files.contains_key(*path)
                && !listing.unreadable.iter().any(|unreadable| path.starts_with(unreadable))
        };
        let mut missing: Vec<PathBuf> =
            below(&self.known, &listing.under).filter(is_missing).cloned().collect();
        missing.extend(below(&self.pending, &listing.under).filter(is_missing).cloned());
        for path in missing {
            self.see(path, None, now);
        }
        for (path, version) in &listing.files {
            self.see(path.clone(), Some(*version), now);
        }
    }

    fn see(&mut self, path: PathBuf, seen: Option<FileVersion>, now: Instant) {
        if self.pending.get(&path).is_some_and(|pending| pending.seen == seen) {
            return;
        }
        if self.known.get(&path).copied() == seen {
            // As it was reported: what was in between is over.
            self.pending.remove(&path);
        } else {
            self.pending.insert(path, Pending { seen, since: now });
        }
    }

    /// Returns when there is something to check again.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.pending.values().map(|pending| pending.since + self.settle).min()
    }

    /// Returns what has been the same for long enough, as far as is known, to be checked once more.
    pub(super) fn due(&self, now: Instant) -> Vec<PathBuf> {
        let is_due = |pending: &Pending| pending.since + self.settle <= now;
        let due = self.pending.iter().filter(|(_, pending)| is_due(pending));
        due.map(|(path, _)| path.clone()).collect()
    }

    /// Takes in those checks; returns the changes to report, in the order of the paths, with files
    /// that are gone last.
    pub(super) fn settle(&mut self, rechecks: Vec<Recheck>, now: Instant) -> Vec<Change> {
        let mut gone: HashMap<FileVersion, Vec<PathBuf>> = HashMap::new();
        let mut come = Vec::new();
        for Recheck { path, seen, is_held } in rechecks {
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
            if let Some(version) = seen {
                self.known.insert(path.clone(), version);
            }
            match (before, seen) {
                (Some(_), Some(_)) => come.push((None, Change::Changed(path))),
                (None, Some(version)) => come.push((Some(version), Change::Appeared(path))),
                (Some(version), None) => gone.entry(version).or_default().push(path),
                (None, None) => {}
            }
        }
        let mut changes: Vec<Change> = Vec::with_capacity(come.len());
        for (version, change) in come {
            let from = version.and_then(|version| gone.get_mut(&version)?.pop());
            changes.push(match (from, change) {
                (Some(from), Change::Appeared(to)) => Change::Renamed { from, to },
                (_, change) => change,
            });
        }
        let mut gone: Vec<PathBuf> = gone.into_values().flatten().collect();
        gone.sort();
        changes.extend(gone.into_iter().map(Change::Gone));
        changes
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
mod tests;
