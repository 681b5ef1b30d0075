//! One look at a whole workspace, without waiting for anything to be quiet.

use std::{
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

use super::{scan, scope::Scope};

/// A file that counts, as a [`Watch`](super::Watch) would see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFile {
    /// Relative to the workspace.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970 of the last change.
    pub modified_ns: i64,
    /// The file's number on its disk.
    pub inode: u64,
}

/// Shows all files of a workspace that a watch of it would tell of, in the order of their paths,
/// until it is told to stop. Returns the folders that could not be read. Blocks.
///
/// # Errors
/// Where the workspace is not there.
pub fn survey(
    root: &Path,
    mut see: impl FnMut(SeenFile) -> ControlFlow<()>,
) -> io::Result<Vec<PathBuf>> {
    let scope = Scope::new(root, &[])?;
    let walk = WalkDir::new(scope.root()).sort_by_file_name();
    Ok(scan::walk(&scope, walk, &mut |path, stamp| {
        let scan::Stamp { size, modified_ns, inode } = stamp;
        see(SeenFile { path, size, modified_ns, inode })
    }))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn what_a_watch_would_tell_is_shown_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/c", "b/.hidden", ".cropmark/x", "a", "z.part", "b/a"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        symlink("b", folder.path().join("link")).unwrap();
        let mut seen = Vec::new();
        let unreadable = survey(folder.path(), |file| {
            seen.push((file.path.to_string_lossy().into_owned(), file.size));
            ControlFlow::Continue(())
        });
        assert!(unreadable.unwrap().is_empty());
        assert_eq!(seen, [("a".into(), 1), ("b/a".into(), 3), ("b/c".into(), 3)]);
        let mut count = 0;
        survey(folder.path(), |_| {
            count += 1;
            ControlFlow::Break(())
        })
        .unwrap();
        assert_eq!(count, 1);
        assert!(survey(&folder.path().join("missing"), |_| ControlFlow::Continue(())).is_err());
    }
}
