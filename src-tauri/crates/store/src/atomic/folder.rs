//! Folders that survive a power cut: a new entry is safe once its folder is synced.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use super::WriteError;

/// Creates a folder and those above it, each synced into its parent. One that is there already
/// costs one look.
///
/// # Errors
/// Whatever forbids it, named after the folder that could not be made.
pub fn create_folders(folder: &Path) -> Result<(), WriteError> {
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => return Err(WriteError::at(folder, io::ErrorKind::NotADirectory.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(WriteError::at(folder, error)),
    }
    create_folders(parent(folder))?;
    match fs::create_dir(folder) {
        Ok(()) => sync_folder(parent(folder)).map_err(|error| WriteError::at(folder, error)),
        // Another process was faster; it also syncs it.
        Err(_) if folder.is_dir() => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(match fs::read_link(folder) {
                Ok(target) => WriteError::DanglingLink { path: folder.to_path_buf(), target },
                Err(_) => WriteError::at(folder, error),
            })
        }
        Err(error) => Err(WriteError::at(folder, error)),
    }
}

/// Makes the names in a folder durable.
///
/// # Errors
/// What the system says. File systems that cannot sync folders are no error.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    sync_open_folder(&File::open(folder)?)
}

pub(super) fn sync_open_folder(folder: &File) -> io::Result<()> {
    match folder.sync_all() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

/// The folder that a path is in; a bare name is in the current one.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) => Path::new("."),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_made_once_and_files_in_the_way_are_said() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b/c");
        create_folders(&deep).unwrap();
        create_folders(&deep).unwrap();
        assert!(deep.is_dir());
        fs::write(deep.join("file"), b"").unwrap();
        for path in ["file", "file/below", "file/below/deeper"] {
            let error = create_folders(&deep.join(path)).unwrap_err();
            assert!(matches!(error, WriteError::NotAFolder { .. }), "{path}: {error:?}");
        }
        create_folders(Path::new("")).unwrap();
    }

    #[test]
    fn a_link_to_nothing_is_said_with_what_it_names() {
        let root = tempfile::tempdir().unwrap();
        let link = root.path().join("out");
        std::os::unix::fs::symlink("gone/disk", &link).unwrap();
        for path in [link.clone(), link.join("below")] {
            let error = create_folders(&path).unwrap_err();
            assert!(matches!(error, WriteError::DanglingLink { .. }), "{error:?}");
            assert_eq!((error.path(), error.pauses_a_run()), (link.as_path(), false));
            assert!(error.to_string().contains("out is a link to gone/disk, which"), "{error}");
        }
        fs::create_dir_all(root.path().join("gone/disk")).unwrap();
        create_folders(&link.join("below")).unwrap();
        assert!(root.path().join("gone/disk/below").is_dir());
    }
}
