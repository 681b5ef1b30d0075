//! The guard over the originals: no output replaces one, by whatever name it is reached.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{WriteError, folder};
use crate::os::{self, FileId};

/// The files that must not be replaced, by identity and by canonical path: the identity finds links
/// and other spellings, the path finds a file that an editor has saved anew.
#[derive(Debug, Clone, Default)]
pub struct Originals {
    files: HashSet<FileId>,
    paths: HashSet<PathBuf>,
    /// Folders as they were given, resolved: there are far fewer of them than files.
    folders: HashMap<PathBuf, PathBuf>,
}

impl Originals {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file by its name.
    ///
    /// # Errors
    /// Where there is no such file.
    pub fn insert(&mut self, path: &Path) -> io::Result<()> {
        self.files.insert(os::path_id(path, true)?);
        let folder = folder::parent(path);
        if !self.folders.contains_key(folder) {
            self.folders.insert(folder.to_path_buf(), fs::canonicalize(folder)?);
        }
        if let (Some(resolved), Some(name)) = (self.folders.get(folder), path.file_name()) {
            self.paths.insert(resolved.join(name));
        }
        Ok(())
    }

    /// Adds an open file, without a name.
    ///
    /// # Errors
    /// What the system says.
    pub fn insert_file(&mut self, file: &File) -> io::Result<()> {
        self.files.insert(os::file_id(file)?);
        Ok(())
    }

    /// Whether this name leads to one of them.
    #[must_use]
    pub fn contains(&self, path: &Path) -> bool {
        if self.files.is_empty() {
            return false;
        }
        let is_one = os::path_id(path, true).is_ok_and(|id| self.files.contains(&id));
        is_one || canonical(path).is_ok_and(|path| self.paths.contains(&path))
    }

    /// Refuses a final name that leads to one of them.
    pub(super) fn guard(&self, path: &Path) -> Result<(), WriteError> {
        if self.contains(path) {
            return Err(WriteError::Original { path: path.to_path_buf() });
        }
        Ok(())
    }
}

/// The path with its folder resolved; the name itself need not exist.
fn canonical(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    Ok(fs::canonicalize(folder::parent(path))?.join(name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn an_original_is_known_by_every_name() {
        let root = tempfile::tempdir().unwrap();
        let original = root.path().join("a.jpg");
        fs::write(&original, b"original").unwrap();
        fs::create_dir(root.path().join("sub")).unwrap();
        let mut originals = Originals::new();
        originals.insert(&original).unwrap();

        symlink(&original, root.path().join("link.jpg")).unwrap();
        fs::hard_link(&original, root.path().join("hard.jpg")).unwrap();
        symlink(root.path(), root.path().join("sub/up")).unwrap();
        for name in ["a.jpg", "link.jpg", "hard.jpg", "sub/up/a.jpg", "sub/../a.jpg"] {
            assert!(originals.contains(&root.path().join(name)), "{name}");
        }
        assert!(!originals.contains(&root.path().join("b.jpg")));

        // Saved anew by an editor: another inode under the same name.
        fs::write(root.path().join("new"), b"edited").unwrap();
        fs::rename(root.path().join("new"), &original).unwrap();
        assert!(originals.contains(&root.path().join("sub/up/a.jpg")));
    }

    #[test]
    fn an_open_file_counts_too() {
        let root = tempfile::tempdir().unwrap();
        let original = root.path().join("a.jpg");
        fs::write(&original, b"original").unwrap();
        let mut originals = Originals::new();
        originals.insert_file(&File::open(&original).unwrap()).unwrap();
        assert!(originals.contains(&original));
    }
}
