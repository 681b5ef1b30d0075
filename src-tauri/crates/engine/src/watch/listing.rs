//! Lists all files of a workspace at once, whether they are quiet or not.

use std::{
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use walkdir::WalkDir;

use super::{scan, scope::Scope};

/// A file that a [`Watch`](super::Watch) would report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Relative to the workspace.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970 of the last change.
    pub modified_ns: i64,
    /// The file's number on its disk.
    pub inode: u64,
}

/// Passes all files of a workspace that a watch would report to `see`, in the order of their paths,
/// until that stops it. Returns the folders that could not be read. Blocks.
///
/// # Errors
/// Where the workspace is not there.
pub fn list_files(
    root: &Path,
    mut see: impl FnMut(ListedFile) -> ControlFlow<()>,
) -> io::Result<Vec<PathBuf>> {
    let scope = Scope::new(root, &[])?;
    let walk = WalkDir::new(scope.root()).sort_by_file_name();
    Ok(scan::walk(&scope, walk, &mut |path, version| {
        let scan::FileVersion { size, modified_ns, inode } = version;
        see(ListedFile { path, size, modified_ns, inode })
    }))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn what_a_watch_would_report_is_listed_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/c", "b/.hidden", ".cropmark/x", "a", "z.part", "b/a"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        symlink("b", folder.path().join("link")).unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("x"), "private").unwrap();
        symlink(outside.path().join("x"), folder.path().join("x")).unwrap();
        symlink("b/c", folder.path().join("y")).unwrap();
        let mut seen = Vec::new();
        let unreadable = list_files(folder.path(), |file| {
            seen.push((file.path.to_string_lossy().into_owned(), file.size));
            ControlFlow::Continue(())
        });
        assert!(unreadable.unwrap().is_empty());
        let expected = [("a", 1), ("b/a", 3), ("b/c", 3), ("y", 3)];
        assert_eq!(seen, expected.map(|(name, size)| (name.to_owned(), size)));
        let mut count = 0;
        list_files(folder.path(), |_| {
            count += 1;
            ControlFlow::Break(())
        })
        .unwrap();
        assert_eq!(count, 1);
        assert!(list_files(&folder.path().join("missing"), |_| ControlFlow::Continue(())).is_err());
    }
}
