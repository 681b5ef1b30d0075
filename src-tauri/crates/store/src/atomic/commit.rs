//! From a temporary to its final name.

use std::{io, path::Path};

use super::{Announced, Committed, Conflict, Group, Originals, TemporaryFile, WriteError};

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
    /// recorded run notes it there, so that after a crash between the rename and the report
    /// the file is recognised and not made a second time as `name-2`.
    ///
    /// # Errors
    /// As of [`TemporaryFile::commit`], and those of `announce`.
    pub fn commit_announced(
        self,
        conflict: Conflict,
        originals: &Originals,
        mut announce: impl FnMut(&Path) -> io::Result<()>,
    ) -> Result<Committed, WriteError> {
        let mut group = Group::new();
        group.add(self, conflict);
        let announce = |names: &[Announced]| announce(&names[0].path);
        let committed = group.commit(originals, announce).pop();
        committed.unwrap_or_else(|| unreachable!("a group of one has one result"))
    }
}

#[cfg(test)]
mod tests;
