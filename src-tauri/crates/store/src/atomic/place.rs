//! Putting the content of a finished file, a cached variant, under a final name.

use std::{
    fs::File,
    io::{self, Seek as _},
    path::Path,
};

use super::{Committed, Conflict, Originals, TemporaryFile, WriteError};
use crate::os;

/// Copies `source` to `destination` as [`TemporaryFile::commit`] would.
///
/// Where the file system shares blocks (Btrfs, XFS), nothing is copied but a reference; else
/// the kernel copies without the bytes passing through this process. It is never a hard link:
/// people edit what they exported, and an edit must not reach into the cache.
///
/// # Errors
/// As of [`TemporaryFile::commit`].
pub fn place_from(
    source: &File,
    destination: &Path,
    conflict: Conflict,
    originals: &Originals,
) -> Result<Committed, WriteError> {
    let temporary = TemporaryFile::beside(destination)?;
    temporary.fill_from(source)?;
    temporary.commit(conflict, originals)
}

impl TemporaryFile {
    /// Makes the content that of `source`, as [`place_from`] does, before the commit.
    ///
    /// # Errors
    /// Whatever forbids to read the one or to write the other.
    pub fn fill_from(&self, source: &File) -> Result<(), WriteError> {
        copy(source, self.file()).map_err(|error| WriteError::at(self.destination(), error))
    }
}

fn copy(mut source: &File, mut target: &File) -> io::Result<()> {
    if os::clone_content(source, target) {
        return Ok(());
    }
    // Reads from the descriptor's own place, so that it must be set. `io::copy` uses
    // `copy_file_range` where both are files.
    source.rewind()?;
    target.rewind()?;
    io::copy(&mut source, &mut target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read as _, os::unix::fs::MetadataExt as _};

    use super::*;

    #[test]
    fn a_placed_file_has_the_content_and_an_inode_of_its_own() {
        let root = tempfile::tempdir().unwrap();
        let cached = root.path().join("cached");
        let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        fs::write(&cached, &content).unwrap();
        let mut source = File::open(&cached).unwrap();
        // A descriptor that was read from before still gives the whole.
        source.read_exact(&mut [0; 100]).unwrap();
        for name in ["a.jpg", "b.jpg"] {
            let destination = root.path().join(name);
            place_from(&source, &destination, Conflict::Skip, &Originals::new()).unwrap();
            assert_eq!(fs::read(&destination).unwrap(), content);
            let inodes = [&cached, &destination].map(|path| fs::metadata(path).unwrap().ino());
            assert_ne!(inodes[0], inodes[1]);
        }
    }
}
