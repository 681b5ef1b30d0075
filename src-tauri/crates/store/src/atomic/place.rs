//! Putting the content of a finished file, a cached variant, under a final name.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, Write as _},
    path::Path,
};

use cropmark_rules::ContentHash;

use super::{Committed, Conflict, Originals, TemporaryFile, WriteError};
use crate::os;

/// Bytes that are copied at a time where they are hashed too.
const CHUNK: usize = 256 << 10;

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

    /// Makes the content that of `source`, which is read once and at most one byte beyond what is
    /// expected of it. Returns whether it has these bytes.
    ///
    /// # Errors
    /// Whatever forbids to write it.
    pub fn fill_checked(
        &self,
        source: &File,
        bytes: u64,
        hash: ContentHash,
    ) -> Result<bool, WriteError> {
        let failed = |error| WriteError::at(self.destination(), error);
        let mut target = self.file().as_ref();
        // What is hashed is then what this file has, whatever becomes of the source.
        let is_clone = os::clone_content(source, target);
        let read = if is_clone { target } else { source };
        let (mut read, mut hasher) = (read.take(bytes + 1), blake3::Hasher::new());
        let mut buffer = vec![0; usize::try_from(bytes + 1).unwrap_or(CHUNK).min(CHUNK)];
        if read.get_mut().rewind().is_err() {
            return Ok(false);
        }
        loop {
            let count = match read.read(&mut buffer) {
                Ok(0) => return Ok(hasher.finalize() == *hash.as_bytes()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // What cannot be read is not what is expected.
                Err(_) => return Ok(false),
            };
            hasher.update(&buffer[..count]);
            if !is_clone {
                target.write_all(&buffer[..count]).map_err(failed)?;
            }
        }
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
    fn what_is_copied_is_what_is_compared() {
        let root = tempfile::tempdir().unwrap();
        let content: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        let (bytes, hash) = (content.len() as u64, ContentHash::of(&content));
        let mut changed = content.clone();
        changed[CHUNK + 7] ^= 1;
        let cases = [
            (content.clone(), true),
            (changed, false),
            (content[1..].to_vec(), false),
            ([&content[..], b"more"].concat(), false),
        ];
        for (there, is_whole) in cases {
            let cached = root.path().join("cached");
            fs::write(&cached, &there).unwrap();
            let mut source = File::open(&cached).unwrap();
            source.read_exact(&mut [0; 100]).unwrap();
            let copy = TemporaryFile::beside(&root.path().join("a.jpg")).unwrap();
            assert_eq!(copy.fill_checked(&source, bytes, hash).unwrap(), is_whole);
            if is_whole {
                assert_eq!(fs::read(copy.path()).unwrap(), content);
            }
        }
        // Of a file that has grown beyond all bounds, no more is read.
        let endless = File::open("/dev/zero").unwrap();
        let copy = TemporaryFile::beside(&root.path().join("a.jpg")).unwrap();
        assert!(!copy.fill_checked(&endless, 10, hash).unwrap());
        assert_eq!(copy.file().metadata().unwrap().len(), 11);
    }

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
