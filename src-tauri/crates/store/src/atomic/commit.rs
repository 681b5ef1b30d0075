//! From a temporary to its final name.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Seek as _},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with},
    io::Errno,
};
use serde::{Deserialize, Serialize};

use super::{Originals, TemporaryFile, WriteError, folder};

/// What happens where the final name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conflict {
    /// The new file is called `name-2.ext`, `name-3.ext` …; nothing is ever replaced.
    #[default]
    Unique,
    /// The new file replaces the old one.
    Overwrite,
    /// As [`Conflict::Overwrite`], but equal bytes leave the old file and its time alone.
    IfChanged,
    /// The old file stays.
    Skip,
}

/// What a commit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There is a new file.
    Created,
    /// There is a new file in place of an old one.
    Replaced,
    /// The old file has the same bytes already.
    Unchanged,
    /// The old file was kept as it is.
    Skipped,
}

/// A file under its final name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The name that it got.
    pub path: PathBuf,
    /// How.
    pub outcome: Outcome,
}

impl TemporaryFile {
    /// Puts the file under its final name: synced, renamed, the folder synced.
    ///
    /// # Errors
    /// Whatever forbids it; [`WriteError::Original`] where it would replace an original. The
    /// temporary is gone then, and what had the name before is untouched.
    pub fn commit(
        self,
        conflict: Conflict,
        originals: &Originals,
    ) -> Result<Committed, WriteError> {
        self.commit_announced(conflict, originals, |_| Ok(()))
    }

    /// As [`TemporaryFile::commit`], telling `announce` each name before the file gets it. A
    /// durable run records it there, so that after a crash between the rename and the report
    /// the file is recognised and not made a second time as `name-2`.
    ///
    /// # Errors
    /// As of [`TemporaryFile::commit`], and those of `announce`.
    pub fn commit_announced(
        mut self,
        conflict: Conflict,
        originals: &Originals,
        mut announce: impl FnMut(&Path) -> io::Result<()>,
    ) -> Result<Committed, WriteError> {
        let final_path = self.destination.clone();
        let at_final = |error: io::Error| WriteError::at(&final_path, error);
        if matches!(conflict, Conflict::Overwrite | Conflict::IfChanged) {
            originals.guard(&final_path)?;
        }
        if conflict == Conflict::IfChanged && same_content(&self.file, &final_path) {
            announce(&final_path).map_err(at_final)?;
            return Ok(Committed { path: final_path, outcome: Outcome::Unchanged });
        }
        self.file.sync_all().map_err(at_final)?;
        match conflict {
            Conflict::Overwrite | Conflict::IfChanged => {
                let outcome = match fs::symlink_metadata(&final_path) {
                    Ok(_) => Outcome::Replaced,
                    Err(_) => Outcome::Created,
                };
                announce(&final_path).map_err(at_final)?;
                fs::rename(&self.path, &final_path).map_err(at_final)?;
                self.finish(final_path, outcome)
            }
            Conflict::Skip => {
                announce(&final_path).map_err(at_final)?;
                match rename_to_new(&self.path, &final_path) {
                    Ok(()) => self.finish(final_path, Outcome::Created),
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        Ok(Committed { path: final_path, outcome: Outcome::Skipped })
                    }
                    Err(error) => Err(at_final(error)),
                }
            }
            Conflict::Unique => {
                for number in 1..u32::MAX {
                    let path = numbered(&final_path, number);
                    // Spares the announcement of names that are plainly taken.
                    if fs::symlink_metadata(&path).is_ok() {
                        continue;
                    }
                    announce(&path).map_err(at_final)?;
                    match rename_to_new(&self.path, &path) {
                        Ok(()) => return self.finish(path, Outcome::Created),
                        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                        Err(error) => return Err(WriteError::at(&path, error)),
                    }
                }
                Err(at_final(io::ErrorKind::AlreadyExists.into()))
            }
        }
    }

    fn finish(&mut self, path: PathBuf, outcome: Outcome) -> Result<Committed, WriteError> {
        self.pending = false;
        folder::sync_folder(folder::parent(&path)).map_err(|error| WriteError::at(&path, error))?;
        Ok(Committed { path, outcome })
    }
}

/// Renames to a name that must be free; two processes never overwrite one another.
fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
        other => return other.map_err(Into::into),
    }
    // File systems without that flag (NFS, some FUSE): a link fails where the name is taken.
    match fs::hard_link(from, to) {
        Ok(()) => return fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        Err(_) => {}
    }
    // And without links (FAT over FUSE): looking and renaming, one process at a time.
    let folder = File::open(folder::parent(to))?;
    let _ = flock(&folder, FlockOperation::LockExclusive);
    match fs::symlink_metadata(to) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(from, to),
        Err(error) => Err(error),
    }
}

/// `name.ext`, then `name-2.ext` and so on. A name near the limit of 255 bytes loses the end of
/// its stem.
fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return path.to_path_buf();
    }
    let stem = path.file_stem().unwrap_or_default();
    let mut ending = OsString::from(format!("-{number}"));
    if let Some(extension) = path.extension() {
        ending.push(".");
        ending.push(extension);
    }
    let space = 255_usize.saturating_sub(ending.len());
    let mut name = match stem.to_str() {
        Some(stem) if stem.len() > space => {
            let end = (0..=space).rev().find(|&end| stem.is_char_boundary(end)).unwrap_or(0);
            stem[..end].into()
        }
        _ => stem.to_os_string(),
    };
    name.push(ending);
    path.with_file_name(name)
}

/// Whether a regular file with this name has these bytes. Whatever cannot be read differs.
fn same_content(new: &File, path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
        && File::open(path).and_then(|old| same_bytes(new, &old)).unwrap_or(false)
}

fn same_bytes(mut left: &File, right: &File) -> io::Result<bool> {
    if left.metadata()?.len() != right.metadata()?.len() {
        return Ok(false);
    }
    left.rewind()?;
    let (mut left, mut right) = (BufReader::new(left), BufReader::new(right));
    loop {
        let (ours, theirs) = (left.fill_buf()?, right.fill_buf()?);
        let common = ours.len().min(theirs.len());
        if common == 0 {
            return Ok(ours.len() == theirs.len());
        }
        if ours[..common] != theirs[..common] {
            return Ok(false);
        }
        left.consume(common);
        right.consume(common);
    }
}

#[cfg(test)]
#[path = "commit_tests.rs"]
mod tests;
