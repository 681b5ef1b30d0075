//! The one door for final file writes: a file appears under its name whole, or not at all.
//!
//! A [`TemporaryFile`] is created in the destination's folder, filled by whoever has its
//! descriptor, then synced, renamed, and its folder synced; many small ones as a [`Group`]. What a killed process leaves behind
//! is a hidden `.cropmark-….part` that [`sweep`] removes.

mod commit;
mod conflict;
mod content;
mod error;
mod folder;
mod group;
mod name;
mod original;
mod place;
mod root;
mod stale;

use std::{
    fs::{self, File},
    hash::{BuildHasher as _, RandomState},
    io,
    os::fd::AsFd as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::os;

pub use conflict::{Committed, Conflict, Outcome};
pub use error::WriteError;
pub use folder::{create_folders, sync_folder};
pub use group::{Announced, Group};
pub use original::Originals;
pub use place::place_from;
pub use root::Root;
pub use stale::{is_temporary_name, sweep};

/// How the names of temporaries begin.
const PREFIX: &str = ".cropmark-";
/// How the names of temporaries end.
const SUFFIX: &str = ".part";

/// How many temporaries this process has created.
static CREATED: AtomicU64 = AtomicU64::new(0);

/// A file on its way to its final name. Dropping it removes it.
///
/// It holds an exclusive lock for as long as it, or another holder of its descriptor, lives; by
/// that [`sweep`] knows whose owner has died.
#[derive(Debug)]
pub struct TemporaryFile {
    file: Arc<File>,
    path: PathBuf,
    destination: PathBuf,
    /// Grows with the time of its creation.
    number: u64,
    /// Whether `path` still exists and is ours to remove.
    pending: bool,
    /// What `destination` must not lead out of.
    root: Option<Arc<Root>>,
    /// Whether `path` lies below it too.
    is_below: bool,
}

impl TemporaryFile {
    /// An empty file in the folder of `destination`, which must exist
    /// ([`create_folders`]). The name is new (`O_EXCL`), so that no link is ever followed.
    ///
    /// # Errors
    /// Whatever forbids the folder or the final name, found out before any work is done.
    pub fn beside(destination: &Path) -> Result<Self, WriteError> {
        let folder = folder::parent(destination);
        if destination.file_name().is_none() {
            return Err(WriteError::at(destination, io::ErrorKind::InvalidInput.into()));
        }
        // A name that is too long, or that lies in no folder, would only show at the rename.
        match fs::symlink_metadata(destination) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(WriteError::at(destination, error));
            }
            _ => {}
        }
        Self::create(folder, destination, None)
    }

    /// As [`TemporaryFile::beside`], for a destination below a folder that links must not lead out
    /// of, neither now nor when the file gets its name.
    ///
    /// # Errors
    /// As there, and where a link does.
    pub fn below(root: &Arc<Root>, destination: &Path) -> Result<Self, WriteError> {
        let failed = |error| WriteError::at(destination, error);
        // A name that is too long would only show at the rename.
        let (folder, name) = root.parent(destination).map_err(failed)?;
        os::may_be_named(&folder, name).map_err(failed)?;
        Self::create(folder::parent(destination), destination, Some(root))
    }

    /// An empty file in another folder of the same file system as `destination`.
    ///
    /// # Errors
    /// Whatever forbids to create a file there.
    pub fn within(folder: &Path, destination: &Path) -> Result<Self, WriteError> {
        Self::create(folder, destination, None)
    }

    /// An empty file in a folder of ours, on the way to a destination below a folder that links
    /// must not lead out of.
    pub(crate) fn within_to(
        folder: &Path,
        root: &Arc<Root>,
        destination: &Path,
    ) -> Result<Self, WriteError> {
        let mut temporary = Self::create(folder, destination, None)?;
        temporary.root = Some(Arc::clone(root));
        Ok(temporary)
    }

    fn create(
        folder: &Path,
        destination: &Path,
        root: Option<&Arc<Root>>,
    ) -> Result<Self, WriteError> {
        loop {
            let number = RandomState::new().hash_one(destination);
            let path = folder.join(format!("{PREFIX}{number:016x}{SUFFIX}"));
            let created = match root {
                Some(root) => root.parent(&path).and_then(|(at, name)| os::create_new_at(at, name)),
                None => os::create_new_at(os::HERE, &path),
            };
            let file = match created {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(WriteError::at(destination, error)),
            };
            // Some network file systems know no locks; there `sweep` finds none to take either
            // and leaves everything alone.
            let _ = file.lock();
            let temporary = Self {
                file: Arc::new(file),
                path,
                destination: destination.to_path_buf(),
                number: CREATED.fetch_add(1, Ordering::Relaxed),
                pending: true,
                root: root.cloned(),
                is_below: root.is_some(),
            };
            // A sweep may have met it between its creation and its lock.
            if !os::links(&temporary.file).is_ok_and(|links| links == 0) {
                return Ok(temporary);
            }
        }
    }

    /// The file, open for reading and writing.
    #[must_use]
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Where it will go, a `-2` aside.
    #[must_use]
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// Gives it a name beside its destination, or the destination's own.
    fn rename(&self, to: &Path, replaces: bool) -> io::Result<()> {
        if let Some(root) = &self.root {
            root.check_place()?;
        }
        let below = self.root.as_ref().map(|root| root.parent(to)).transpose()?;
        let (to_folder, to) = match &below {
            Some((folder, name)) => (folder.as_fd(), *name),
            None => (os::HERE, to),
        };
        let (from_folder, from) = match self.path.file_name() {
            Some(name) if self.is_below => (to_folder, Path::new(name)),
            _ => (os::HERE, self.path.as_path()),
        };
        if replaces {
            os::rename_at(from_folder, from, to_folder, to)
        } else {
            os::rename_to_free_name_at(from_folder, from, to_folder, to)
        }
    }

    /// The name it has until then.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if self.pending {
            // Where this fails, the lock goes with the descriptor, and a sweep finds the rest.
            let _ = match &self.root {
                Some(root) if self.is_below => root.remove_file(&self.path),
                _ => fs::remove_file(&self.path),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_dropped_temporary_is_gone_and_one_in_use_is_hidden() {
        let folder = tempfile::tempdir().unwrap();
        let temporary = TemporaryFile::beside(&folder.path().join("a.jpg")).unwrap();
        temporary.file().as_ref().write_all(b"half").unwrap();
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap()).collect();
        assert_eq!(names.len(), 1);
        assert!(is_temporary_name(&names[0].file_name()));
        drop(temporary);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn impossible_names_are_refused_before_work_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let long = folder.path().join("x".repeat(300));
        assert!(matches!(TemporaryFile::beside(&long), Err(WriteError::NameTooLong { .. })));
        fs::write(folder.path().join("file"), b"").unwrap();
        let below = folder.path().join("file/a.jpg");
        assert!(matches!(TemporaryFile::beside(&below), Err(WriteError::NotAFolder { .. })));
        let nowhere = folder.path().join("missing/a.jpg");
        assert!(matches!(TemporaryFile::beside(&nowhere), Err(WriteError::Missing { .. })));
        assert!(TemporaryFile::beside(Path::new("..")).is_err());
    }
}
