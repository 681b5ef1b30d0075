//! Reading through descriptors.

use std::{
    fs::File,
    io,
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::fs::{FileExt as _, MetadataExt as _},
    },
};

use rustix::{buffer::spare_capacity, io::Errno};

/// Reads from a place, without moving the descriptor's own.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], place: u64) -> io::Result<usize> {
    file.read_at(buffer, place)
}

/// Reads a file of so many bytes into memory that was not cleared before; an error of the kind
/// `UnexpectedEof` where it is shorter.
pub(crate) fn read_whole(file: &File, length: usize) -> io::Result<Vec<u8>> {
    let mut whole = Vec::with_capacity(length);
    while whole.len() < length {
        let place = whole.len() as u64;
        match rustix::io::pread(file, spare_capacity(&mut whole), place) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    whole.truncate(length);
    Ok(whole)
}

/// Waits until something is written to a pipe, and takes it out; `false`: nobody can write to it any
/// more.
pub(crate) fn wait_for_signal(pipe: &OwnedFd) -> io::Result<bool> {
    let mut signals = [0; 512];
    loop {
        match rustix::io::read(pipe, &mut signals) {
            Err(Errno::INTR) => {}
            read => return Ok(read? > 0),
        }
    }
}

/// Returns what identifies an open file and changes when it is written to: device, number, length,
/// times.
pub(crate) fn identity(file: &OwnedFd) -> Option<[i128; 5]> {
    let facts = File::from(file.as_fd().try_clone_to_owned().ok()?).metadata().ok()?;
    let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) << 32 | i128::from(rest);
    Some([
        facts.dev().into(),
        facts.ino().into(),
        facts.size().into(),
        nanoseconds(facts.mtime(), facts.mtime_nsec()),
        nanoseconds(facts.ctime(), facts.ctime_nsec()),
    ])
}
