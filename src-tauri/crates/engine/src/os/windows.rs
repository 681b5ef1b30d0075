//! Windows. Not built yet: the messages to workers (the crate `wire`) and the link's waiting in
//! `core/pool` need their own part too.

use std::{
    fs::{File, Metadata},
    io,
    os::windows::fs::{FileExt as _, MetadataExt as _},
    process::{Command, ExitStatus},
};

/// 100-nanosecond steps from 1601, where Windows begins to count, to 1970.
const EPOCH: i64 = 116_444_736_000_000_000;

/// Nothing is to raise: files have no limit of their own.
pub fn raise_file_limit() {}

/// Returns 8 GiB, as long as the system is not asked.
pub(crate) fn machine_memory() -> u64 {
    8 << 30
}

/// Returns nothing: Windows refuses an allocation and kills no process for it.
pub(crate) fn memory_kills() -> Option<u64> {
    None
}

/// Does nothing: a new process inherits only what is marked for it.
pub(crate) fn close_inherited(_command: &mut Command, _first: u32) {}

/// Fails: a handle is duplicated with its position. Workers read by offset instead.
///
/// # Errors
/// Always.
pub(crate) fn reopen(_file: &File) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Fails: there are no workers to read it.
///
/// # Errors
/// Always.
pub(crate) fn signal_pipe() -> io::Result<(File, File)> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Reads at an offset; the file's position is moved.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(buffer, offset)
}

/// Writes all bytes at an offset; the file's position is moved.
pub(crate) fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.seek_write(bytes, offset)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => {
                bytes = &bytes[written..];
                offset += written as u64;
            }
        }
    }
    Ok(())
}

/// Returns the nanoseconds from 1970 to a file's last change.
pub(crate) fn modified_ns(metadata: &Metadata) -> i64 {
    let steps = i64::try_from(metadata.last_write_time()).unwrap_or(i64::MAX);
    steps.saturating_sub(EPOCH).saturating_mul(100)
}

/// Returns 0: the file's number is not among its metadata. A renamed file is then reported as
/// removed and added.
pub(crate) fn inode(_metadata: &Metadata) -> u64 {
    0
}

/// Nothing: there are no signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signal(i32);

impl Signal {
    pub(crate) const KILL: Self = Self(9);
    pub(crate) const TIME_LIMIT: Self = Self(24);

    /// Returns the number as error messages name it.
    pub(crate) fn describe(self) -> String {
        format!("signal {}", self.0)
    }
}

/// Returns nothing: a process ends with a status only.
pub(crate) fn signal(_exit: ExitStatus) -> Option<Signal> {
    None
}

/// No files: a locked file cannot be opened, which is noticed when it is read.
pub(crate) struct WriteLocks;

impl WriteLocks {
    /// Reads nothing.
    pub(crate) fn read() -> Self {
        Self
    }

    /// Returns false.
    pub(crate) fn contains(&self, _metadata: &Metadata) -> bool {
        false
    }
}
