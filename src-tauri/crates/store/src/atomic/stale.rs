//! Removing what killed processes left behind.

use std::{ffi::OsStr, fs, io, path::Path};

use super::{PREFIX, SUFFIX};
use crate::os;

/// Tells whether a file name is that of a temporary file, which is never an asset.
#[must_use]
pub fn is_temporary_name(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX))
}

/// Removes the temporaries in a folder (not below it) whose owners have ended: their locks are
/// free, because the kernel releases a lock however its process ends. Returns how many.
///
/// # Errors
/// Where the folder cannot be read. A temporary that cannot be removed stays.
pub fn sweep(folder: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if is_temporary_name(&entry.file_name()) && remove_if_stale(&entry.path()).is_ok() {
            removed += 1;
        }
    }
    Ok(removed)
}

fn remove_if_stale(path: &Path) -> io::Result<()> {
    let file = os::open_regular(path)?;
    file.try_lock()?;
    // The owner may have renamed it between the opening and the lock.
    if os::file_id(&file)? != os::path_id(path, false)? {
        return Err(io::ErrorKind::NotFound.into());
    }
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::symlink, sync::Arc};

    use super::*;
    use crate::atomic::TemporaryFile;

    #[test]
    fn only_temporaries_without_an_owner_go() {
        let root = tempfile::tempdir().unwrap();
        let alive = TemporaryFile::beside(&root.path().join("a.jpg")).unwrap();
        let stale = root.path().join(".cropmark-0123456789abcdef.part");
        fs::write(&stale, b"left behind").unwrap();
        fs::write(root.path().join("b.part"), b"somebody else's").unwrap();
        fs::write(root.path().join(".cropmark-notes"), b"somebody else's").unwrap();
        symlink(root.path().join("b.part"), root.path().join(".cropmark-1.part")).unwrap();
        fs::create_dir(root.path().join(".cropmark-2.part")).unwrap();

        assert_eq!(sweep(root.path()).unwrap(), 1);
        assert!(!stale.exists());
        assert!(alive.path().exists());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 5);
    }

    #[test]
    fn a_descriptor_that_a_worker_still_holds_keeps_it() {
        let root = tempfile::tempdir().unwrap();
        let temporary = TemporaryFile::beside(&root.path().join("a.jpg")).unwrap();
        let path = temporary.path().to_path_buf();
        let held = Arc::clone(temporary.file());
        // As if the owner had been killed: no drop runs.
        std::mem::forget(temporary);
        assert_eq!(sweep(root.path()).unwrap(), 0);
        drop(held);
        // The forgotten owner's own handle stays open in this process, and with it the lock.
        assert_eq!(sweep(root.path()).unwrap(), 0);
        assert!(path.exists());
    }
}
