//! The file that a worker writes a result to. No worker ever gets the descriptor of the file that
//! is kept: what the worker wrote is copied there, and the hash is that of the bytes that were
//! copied, so that a worker cannot change a result after it was accepted.
//!
//! On Linux it is in memory (`memfd_create`). It has its greatest length from the beginning and is
//! sealed against growing; at the answer it is sealed against writing; once it is copied it is
//! emptied. So a worker holds no more memory through these files than its unanswered variants may
//! have bytes, whatever it does with their descriptors. Results that may be large, and all of them
//! on other systems, are in a file without a name on the target's disk.

use std::{
    fs::File,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use cropmark_rules::ContentHash;

use crate::os;

/// Results that may have more bytes are not written to memory.
const MOST_IN_MEMORY: u64 = 256 << 20;
/// Bytes that are copied at a time.
const CHUNK: usize = 256 << 10;

/// A file that was lent to a worker.
#[derive(Debug)]
pub(crate) struct ResultFile {
    file: Arc<File>,
    is_memory: bool,
    most_bytes: u64,
}

/// Why a result was not copied to its target.
#[derive(Debug)]
pub(crate) enum CopyError {
    /// The worker did something that it must not do.
    Worker(String),
    /// The target cannot be written.
    Target(io::Error),
    /// The worker's session was closed meanwhile.
    Closed,
}

impl ResultFile {
    /// Creates a file for at most `most_bytes`, in memory where that is not too much for it, else
    /// on the disk that `target` is on.
    pub(crate) fn create(most_bytes: u64, target: &File) -> io::Result<Self> {
        let memory = if most_bytes <= MOST_IN_MEMORY {
            // Where the system has no such files, or no memory for one, a disk may have.
            os::memory_file(most_bytes).ok()
        } else {
            None
        };
        let is_memory = memory.is_some();
        let file = Arc::new(memory.map_or_else(|| os::scratch_file(target), Ok)?);
        Ok(Self { file, is_memory, most_bytes })
    }

    /// The file whose descriptor is sent to the worker.
    pub(crate) fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Copies the result to its target, which then holds nothing else, and returns the hash of what
    /// was copied. Reads no more than the file may have, and ends soon after `closed` is set.
    pub(crate) fn copy_to(
        &self,
        target: &File,
        reported_bytes: u64,
        closed: &AtomicBool,
    ) -> Result<ContentHash, CopyError> {
        let length = self.file.metadata().map_err(unreadable)?.len();
        if length == 0 || length != reported_bytes {
            let error = format!("it reported {reported_bytes} bytes, but the file has {length}");
            return Err(CopyError::Worker(error));
        }
        if length > self.most_bytes {
            let most = self.most_bytes;
            return Err(CopyError::Worker(format!(
                "it wrote {length} bytes for a result that can have at most {most}"
            )));
        }
        if self.is_memory && os::seal(&self.file).is_err() {
            return Err(CopyError::Worker("it kept a finished result open for writing".to_owned()));
        }
        target.set_len(0).map_err(CopyError::Target)?;
        let hash = self.copy_bytes(target, length, closed)?;
        // Gives back the memory, or the disk's space, also where the worker keeps the descriptor.
        self.file.set_len(0).map_err(unreadable)?;
        Ok(hash)
    }

    fn copy_bytes(
        &self,
        target: &File,
        length: u64,
        closed: &AtomicBool,
    ) -> Result<ContentHash, CopyError> {
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; usize::try_from(length).unwrap_or(CHUNK).min(CHUNK)];
        let mut offset = 0;
        while offset < length {
            if closed.load(Ordering::Acquire) {
                return Err(CopyError::Closed);
            }
            let left = usize::try_from(length - offset).unwrap_or(CHUNK).min(buffer.len());
            let read = match os::read_at(&self.file, &mut buffer[..left], offset) {
                Ok(0) => {
                    return Err(CopyError::Worker("it shortened a finished result".to_owned()));
                }
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(error)),
            };
            hasher.update(&buffer[..read]);
            os::write_all_at(target, &buffer[..read], offset).map_err(CopyError::Target)?;
            offset += read as u64;
        }
        Ok(hasher.finalize().into())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn unreadable(error: io::Error) -> CopyError {
    CopyError::Worker(format!("what it wrote cannot be read ({error})"))
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, os::unix::fs::FileExt as _};

    use super::*;

    static OPEN: AtomicBool = AtomicBool::new(false);

    fn target() -> File {
        tempfile::tempfile().unwrap()
    }

    fn content(file: &File) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(file.metadata().unwrap().len()).unwrap()];
        file.read_exact_at(&mut bytes, 0).unwrap();
        bytes
    }

    /// A file in memory and one on a disk.
    fn both() -> [(ResultFile, File); 2] {
        [1 << 20, MOST_IN_MEMORY + 1].map(|most| {
            let target = target();
            let file = ResultFile::create(most, &target).unwrap();
            assert_eq!(file.is_memory, cfg!(target_os = "linux") && most <= MOST_IN_MEMORY);
            (file, target)
        })
    }

    fn write(file: &ResultFile, bytes: &[u8]) {
        file.file.as_ref().write_all(bytes).unwrap();
        file.file.set_len(bytes.len() as u64).unwrap();
    }

    #[test]
    fn what_is_copied_is_what_is_hashed_and_the_lent_file_is_emptied() {
        for (file, target) in both() {
            target
                .write_all_at(b"what an earlier worker has left there, and much of it", 0)
                .unwrap();
            let bytes = vec![7; CHUNK + 1];
            write(&file, &bytes);
            let hash = file.copy_to(&target, bytes.len() as u64, &OPEN).unwrap();
            assert_eq!(hash, ContentHash::of(&bytes));
            // What the worker writes from now on reaches nobody.
            let _ = file.file.write_all_at(b"something else", 0);
            assert_eq!(content(&target), bytes);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_in_memory_takes_no_more_than_its_bytes_and_none_after_the_answer() {
        let target = target();
        let file = ResultFile::create(100, &target).unwrap();
        assert!(file.file.write_all_at(&[1; 101], 0).is_err());
        assert!(file.file.set_len(101).is_err());
        write(&file, &[1; 100]);
        file.copy_to(&target, 100, &OPEN).unwrap();
        assert!(file.file.write_all_at(&[1], 0).is_err());
        assert!(file.file.set_len(1).is_err());
        assert_eq!(file.file.metadata().unwrap().len(), 0);
    }

    #[test]
    fn wrong_and_unending_lengths_are_refused_before_anything_is_read() {
        for (file, target) in both() {
            write(&file, b"four");
            let reported = |bytes| format!("{:?}", file.copy_to(&target, bytes, &OPEN));
            assert!(reported(5).contains("it reported 5 bytes"), "{}", reported(5));
            assert!(reported(u64::MAX).contains("but the file has 4"));
        }
        let target = target();
        let file = ResultFile::create(MOST_IN_MEMORY + 1, &target).unwrap();
        file.file.set_len(10 << 40).unwrap();
        let refused = format!("{:?}", file.copy_to(&target, 10 << 40, &OPEN));
        assert!(refused.contains("can have at most"), "{refused}");
    }

    #[test]
    fn copying_ends_where_the_session_is_closed() {
        for (file, target) in both() {
            write(&file, b"four");
            let ended = file.copy_to(&target, 4, &AtomicBool::new(true));
            assert!(matches!(ended, Err(CopyError::Closed)), "{ended:?}");
            assert_eq!(content(&target), b"");
        }
    }
}
