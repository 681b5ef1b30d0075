//! Looks at files: their metadata, never their content.

use std::{
    fs, io,
    ops::ControlFlow,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use super::{
    locks,
    scope::Scope,
    tracker::{Look, View},
};

pub(super) use super::tracker::Stamp;

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        let seconds = metadata.mtime().saturating_mul(1_000_000_000);
        let modified_ns = seconds.saturating_add(metadata.mtime_nsec());
        Self { size: metadata.len(), modified_ns, inode: metadata.ino() }
    }
}

/// What is at and below this relative path.
pub(super) fn view(scope: &Scope, under: &Path) -> View {
    let mut view = View { under: under.to_owned(), ..View::default() };
    let place = scope.root().join(under);
    match fs::symlink_metadata(&place) {
        Ok(metadata) if metadata.is_dir() => {
            let View { files, unreadable, .. } = &mut view;
            *unreadable = walk(scope, WalkDir::new(&place), &mut |path, stamp| {
                files.insert(path, stamp);
                ControlFlow::Continue(())
            });
        }
        Ok(_) => {
            if let Some(stamp) = take(scope, &place, under) {
                view.files.insert(under.to_owned(), stamp);
            }
        }
        // Where the workspace itself has gone, as a disk that was unplugged, its files have not
        // been deleted.
        Err(error) if is_gone(&error) && scope.root().is_dir() => {}
        Err(_) => view.unreadable.push(under.to_owned()),
    }
    view
}

/// Shows the files that count until it is told to stop; returns where nothing could be seen.
pub(super) fn walk(
    scope: &Scope,
    walk: WalkDir,
    see: &mut dyn FnMut(PathBuf, Stamp) -> ControlFlow<()>,
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
                if let Some(stamp) = take(scope, entry.path(), &relative)
                    && see(relative, stamp).is_break()
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

/// The stamp of a file that counts; links to files are followed.
fn take(scope: &Scope, path: &Path, relative: &Path) -> Option<Stamp> {
    if !scope.takes(relative) {
        return None;
    }
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some(Stamp::of(&metadata))
}

/// Looks at single files again.
pub(super) fn looks(scope: &Scope, paths: Vec<PathBuf>) -> Vec<Look> {
    let written = locks::written();
    // As above: nothing is told before the workspace is back.
    let is_away = !scope.root().is_dir();
    let look = |path: PathBuf| {
        let metadata = fs::metadata(scope.root().join(&path)).ok().filter(fs::Metadata::is_file);
        let seen = metadata.as_ref().map(Stamp::of);
        let is_locked = metadata.is_some_and(|metadata| written.contains(&locks::place(&metadata)));
        Look { path, seen, is_held: is_locked || is_away }
    };
    paths.into_iter().map(look).collect()
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
