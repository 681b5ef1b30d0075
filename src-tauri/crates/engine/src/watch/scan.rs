//! Reads the metadata of files, never their content.

use std::{
    fs, io,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use super::{
    scope::Scope,
    tracker::{Listing, Recheck},
};
use crate::os;

pub(super) use super::tracker::FileVersion;

impl FileVersion {
    fn of(metadata: &fs::Metadata) -> Self {
        let (modified_ns, inode) = (os::modified_ns(metadata), os::inode(metadata));
        Self { size: metadata.len(), modified_ns, inode }
    }
}

/// Lists the files at and below this relative path.
pub(super) fn list(scope: &Scope, under: &Path) -> Listing {
    let mut listing = Listing { under: under.to_owned(), ..Listing::default() };
    let place = scope.root().join(under);
    match fs::symlink_metadata(&place) {
        Ok(metadata) if metadata.is_dir() => {
            let Listing { files, unreadable, .. } = &mut listing;
            *unreadable = walk(scope, WalkDir::new(&place), &mut |path, version| {
                files.insert(path, version);
                ControlFlow::Continue(())
            });
        }
        Ok(_) => {
            if let Some(version) = take(scope, &place, under) {
                listing.files.insert(under.to_owned(), version);
            }
        }
        // Where the workspace itself has gone, as a disk that was unplugged, its files have not
        // been deleted.
        Err(error) if is_gone(&error) && scope.root().is_dir() => {}
        Err(_) => listing.unreadable.push(under.to_owned()),
    }
    listing
}

/// Passes the files that count to `see` until that stops it; returns what could not be read.
pub(super) fn walk(
    scope: &Scope,
    walk: WalkDir,
    see: &mut dyn FnMut(PathBuf, FileVersion) -> ControlFlow<()>,
) -> Vec<PathBuf> {
    let relative = |path: &Path| path.strip_prefix(scope.root()).unwrap_or(path).to_owned();
    let enters = |entry: &DirEntry| {
        entry.depth() == 0 || !entry.file_type().is_dir() || scope.enters(&relative(entry.path()))
    };
    let mut unreadable = Vec::new();
    for entry in walk.into_iter().filter_entry(enters) {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => {
                let relative = relative(entry.path());
                if let Some(version) = take(scope, entry.path(), &relative)
                    && see(relative, version).is_break()
                {
                    break;
                }
            }
            Err(error) => {
                let is_gone = error.io_error().is_some_and(is_gone);
                let path = relative(error.path().unwrap_or(scope.root()));
                if !is_gone || path.as_os_str().is_empty() {
                    unreadable.push(path);
                }
            }
        }
    }
    unreadable
}

/// The version of a file that counts; links to files of the workspace are followed.
fn take(scope: &Scope, path: &Path, relative: &Path) -> Option<FileVersion> {
    if !scope.takes(relative) {
        return None;
    }
    metadata_below(scope, path).as_ref().map(FileVersion::of)
}

/// The metadata of a file, or of the one that a link leads to if that lies in the workspace too.
fn metadata_below(scope: &Scope, path: &Path) -> Option<fs::Metadata> {
    let mut metadata = fs::symlink_metadata(path).ok()?;
    if metadata.is_symlink() {
        let target = fs::canonicalize(path).ok()?;
        metadata = target.starts_with(scope.root()).then(|| fs::metadata(&target).ok())??;
    }
    metadata.is_file().then_some(metadata)
}

/// Reads the metadata of single files again.
pub(super) fn rechecks(scope: &Scope, paths: Vec<PathBuf>) -> Vec<Recheck> {
    let locks = os::WriteLocks::read();
    // As above: nothing is reported before the workspace is back.
    let is_away = !scope.root().is_dir();
    let look = |path: PathBuf| {
        let metadata = metadata_below(scope, &scope.root().join(&path));
        let seen = metadata.as_ref().map(FileVersion::of);
        let is_locked = metadata.is_some_and(|metadata| locks.contains(&metadata));
        Recheck { path, seen, is_held: is_locked || is_away }
    };
    paths.into_iter().map(look).collect()
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
