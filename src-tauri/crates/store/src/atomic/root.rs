//! A folder that files are put below: whatever links lie there, no name leads out of it.

use std::{
    fs::File,
    io,
    path::{Component, Path, PathBuf},
};

use super::{WriteError, folder};
use crate::os;

/// An open folder. Paths that are given to it are below its own path.
#[derive(Debug)]
pub struct Root {
    folder: File,
    path: PathBuf,
}

impl Root {
    /// Opens a folder that exists.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { folder: os::open_folder(path)?, path: path.to_path_buf() })
    }

    /// Checks that the folder still has its path: a file would otherwise go to where it was moved.
    pub(super) fn check_place(&self) -> io::Result<()> {
        if os::path_id(&self.path, true)? == os::file_id(&self.folder)? {
            return Ok(());
        }
        let kind =
            if self.path.is_dir() { io::ErrorKind::NotFound } else { io::ErrorKind::NotADirectory };
        Err(kind.into())
    }

    /// The path from here.
    fn relative<'a>(&self, path: &'a Path) -> io::Result<&'a Path> {
        let relative = path.strip_prefix(&self.path).ok().filter(|relative| {
            relative.components().all(|component| matches!(component, Component::Normal(_)))
        });
        relative.ok_or_else(|| io::Error::other("it does not lie in its folder"))
    }

    fn open_folder(&self, relative: &Path) -> io::Result<File> {
        if relative.as_os_str().is_empty() {
            return self.folder.try_clone();
        }
        os::open_folder_below(&self.folder, relative)
    }

    /// Opens the folder that a file lies in; returns the file's name there too.
    pub(crate) fn parent<'a>(&self, path: &'a Path) -> io::Result<(File, &'a Path)> {
        let relative = self.relative(path)?;
        let name = relative.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let folder = self.open_folder(relative.parent().unwrap_or(Path::new("")))?;
        Ok((folder, Path::new(name)))
    }

    /// Opens a regular file for reading, without following a link or waiting for a pipe.
    pub(crate) fn open_regular(&self, path: &Path) -> io::Result<File> {
        let (folder, name) = self.parent(path)?;
        os::open_regular_at(&folder, name)
    }

    /// Removes a name.
    pub(crate) fn remove_file(&self, path: &Path) -> io::Result<()> {
        let (folder, name) = self.parent(path)?;
        os::remove_file_at(&folder, name)
    }

    /// The entries of a folder below this one, or of this one: their names, and what the system
    /// says of each file and folder itself.
    pub(crate) fn entries(&self, path: &Path) -> io::Result<Vec<os::Entry>> {
        os::entries(&self.open_folder(self.relative(path)?)?)
    }

    /// Creates a folder and those above it, as [`create_folders`](super::create_folders) does.
    ///
    /// # Errors
    /// Whatever forbids it; where a link on the way leads out of this folder.
    pub fn create_folders(&self, path: &Path) -> Result<(), WriteError> {
        if self.create_unsynced_folder(path)? {
            let above = self.parent(path).and_then(|(above, _)| folder::sync_open_folder(&above));
            above.map_err(|error| WriteError::at(path, error))?;
        }
        Ok(())
    }

    /// As [`Root::create_folders`], and leaves it to the caller to sync the folder into the one above
    /// it. Returns whether it was made.
    pub(crate) fn create_unsynced_folder(&self, path: &Path) -> Result<bool, WriteError> {
        let failed = |error| WriteError::at(path, error);
        let relative = self.relative(path).map_err(failed)?;
        match self.open_folder(relative) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => return other.map(|_| false).map_err(failed),
        }
        self.create_folders(folder::parent(path))?;
        let (above, name) = self.parent(path).map_err(failed)?;
        match os::make_folder_at(&above, name) {
            // Another process may have been faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.open_folder(relative).map(|_| false).map_err(failed)
            }
            made => made.map(|()| true).map_err(failed),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;
    use crate::atomic::{Conflict, Originals, TemporaryFile};

    #[test]
    fn a_folder_that_was_moved_gets_no_files() {
        let place = tempfile::tempdir().unwrap();
        let (here, there) = (place.path().join("here"), place.path().join("there"));
        fs::create_dir(&here).unwrap();
        let root = std::sync::Arc::new(Root::open(&here).unwrap());
        let temporary = || TemporaryFile::below(&root, &here.join("a")).unwrap();
        let commit = |it: TemporaryFile| it.commit(Conflict::Overwrite, &Originals::new());
        let (one, two) = (temporary(), temporary());
        fs::rename(&here, &there).unwrap();
        assert!(commit(one).is_err());
        fs::create_dir(&here).unwrap();
        assert!(commit(two).is_err());
        assert_eq!(fs::read_dir(&here).unwrap().count(), 0);
        assert_eq!(fs::read_dir(&there).unwrap().count(), 0);
    }

    #[test]
    fn links_below_lead_nowhere_else() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = std::sync::Arc::new(Root::open(inside.path()).unwrap());
        fs::create_dir(inside.path().join("real")).unwrap();
        symlink(outside.path(), inside.path().join("link")).unwrap();
        symlink("real", inside.path().join("near")).unwrap();
        fs::write(outside.path().join("letter"), "dear").unwrap();
        symlink(outside.path().join("letter"), inside.path().join("real/letter")).unwrap();

        for name in ["link/a", "link/deep/a", "../a", "real/../../a"] {
            let path = inside.path().join(name);
            assert!(root.create_folders(path.parent().unwrap()).is_err(), "{name}");
            assert!(TemporaryFile::below(&root, &path).is_err(), "{name}");
        }
        for name in ["link/letter", "real/letter"] {
            assert!(root.open_regular(&inside.path().join(name)).is_err(), "{name}");
        }
        assert!(root.remove_file(&inside.path().join("link/letter")).is_err());
        assert!(root.entries(&inside.path().join("link")).is_err());
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);

        for name in ["near/new/a", "real/new/b", "c"] {
            let path = inside.path().join(name);
            root.create_folders(path.parent().unwrap()).unwrap();
            let temporary = TemporaryFile::below(&root, &path).unwrap();
            temporary.commit(Conflict::Unique, &Originals::new()).unwrap();
            assert!(root.open_regular(&path).is_ok(), "{name}");
        }
        // A link under the final name is replaced, not followed.
        let temporary = TemporaryFile::below(&root, &inside.path().join("real/letter")).unwrap();
        temporary.commit(Conflict::Overwrite, &Originals::new()).unwrap();
        assert_eq!(fs::read_to_string(outside.path().join("letter")).unwrap(), "dear");
    }
}
